# Tocsin, with the versions of requirements.lock and none of the tools that only tests need.
FROM python:3.12-slim AS packages
WORKDIR /build
COPY pyproject.toml requirements.lock ./
RUN python -m venv /opt/tocsin \
 && python -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['dependencies'], sep='\n')" > wanted.txt \
 && /opt/tocsin/bin/pip install --no-cache-dir --requirement wanted.txt --constraint requirements.lock

FROM python:3.12-slim
RUN useradd --uid 10001 --user-group --shell /usr/sbin/nologin \
    --create-home --home-dir /var/lib/tocsin tocsin
COPY --from=packages /opt/tocsin /opt/tocsin
COPY . /srv/tocsin
# Whatever the umask of whoever checked it out: the user below reads it, and writes none of it.
RUN chmod -R u=rwX,go=rX /srv/tocsin
ENV PATH=/opt/tocsin/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
# A SQLite file, where there is one, and a .env are looked for here.
WORKDIR /var/lib/tocsin
# By its number, so that an orchestrator can see that it is not root.
USER 10001
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=10s --start-period=30s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ.get('PORT', '3000') + '/readyz', timeout=8)"]
ENTRYPOINT ["python", "/srv/tocsin/app.py"]
CMD ["serve"]
