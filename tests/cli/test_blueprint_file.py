"""The file of a blueprint, before anybody looks at what stands in it."""

import pytest

from cli.blueprint import BlueprintError, read_file


@pytest.mark.parametrize(("encoding", "line"), [("latin-1", 2), ("utf-16", 1)])
def test_a_file_that_is_not_utf_8_is_refused_at_its_line(tmp_path, encoding, line):
    file = tmp_path / "tocsin.yaml"
    file.write_text("schedules:\n  München:\n    timezone: Europe/Berlin\n", encoding=encoding)
    with pytest.raises(BlueprintError) as refused:
        read_file(file)
    said = "This is not UTF-8. Save the file as UTF-8, then try again."
    assert str(refused.value) == f"tocsin.yaml:{line}: {said}"


def test_a_mark_of_byte_order_is_no_fault(tmp_path):
    file = tmp_path / "tocsin.yaml"
    file.write_text("admins: [alice@example.com]\n", encoding="utf-8-sig")
    assert [one.text for one in read_file(file).admins] == ["alice@example.com"]
