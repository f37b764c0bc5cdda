"""What is allowed, and what follows from it. No Slack, no HTTP, no mail: those call in here.

An incident's life, and where each part of it is written:

    transaction     the way in: one command, one transaction, one actor, one instant
    errors          every refusal, each with its code and a sentence for the person who reads it
    people          the organization, its members and who they are in Slack
    alerting        where incidents are announced, as an admin changes it
    team            members added, their roles changed, and removed: an admin's
    leaving         what was on its way to somebody who was removed: ended, and out loud
    named           where members are named: what would miss each of them
    addresses       PURE: what an e-mail address looks like
    declaring       an incident opened: its number, owner, policy, first pages
    incidents       find, lock, list, change severity
    editing         its title and description changed, and nothing that was not seen
    incident_search incidents by status, severity and day, a page at a time
    incident_list   the same by words of the title, by whose they are, by who took them
    lifecycle       PURE: the four statuses and the one legal step from each
    updates         the single road to a status change
    redaction       a text taken back for good: gone from everywhere, its place stays
    leaks           PURE: what should perhaps not be published: the writer is warned
    leaked_secrets, internal_hosts  PURE: both as they stand in a text
    timeline        what happened, interleaved, for people to read
    components      the catalogue of what customers know by name
    affected        which components an incident affects
    status_pages    what a page selects, and whether it is published
    catalogue_facts components and pages at a glance
    public_surface  which pages show an incident, and what is missing where none does
    surfaces        what a change means for the public: component statuses, pages shown anew
    component_days  PURE: how a component was, day by day
    public_page     PURE: what may leave the house: the values of a status page
    patching        one thing about a component, a page or a member changed, and nothing else
    publishing      a published page, read into those values
    history         its updates in order, and its statuses alone, each since when
    overviews       with the names of whom and what it speaks of
    effects         what one act changed about it, read from what it wrote
    meaning         what somebody means who types a name
    receipts        every page: why this person, each try, and what ended it
    incident_records  incidents and updates as programs are told of them
    permissions     what is an admin's
    checkup         PURE: what a check of the setup found, and what to do
    keys            API keys: made, listed, revoked, and recognised
    key_facts       what is shown of them: everything but the secret
    key_ends        PURE: when a new one ends, as its maker chooses
    oncall          PURE: rotation layers and overrides → who is on call at an instant
    targets         whom an escalation layer pages at an instant, and why
    schedules       stored schedules, loaded into oncall's values
    scheduling      a schedule changed as a whole
    arranging       one part of a schedule changed, and nothing that was not seen
    schedule_parts  one part of a schedule changed as it is now, by the names of its fields
    layer_terms     PURE: a rotation layer in the words of a form
    foresight       what a schedule, or a draft of one, will do
    timezones       PURE: time zones as people look for them
    calendars       feeds at secret addresses: a schedule's shifts, or a person's
    calendar_events PURE: shifts as a calendar lists them
    overrides       somebody stands in, and everybody concerned is told
    duty_changes    who is told of it: who stands in, and whose time it would be
    override_changes  one of them changed by the names of its fields; never its past
    covering        PURE: what is asked for then, and how a schedule will be
    cover_ahead     what covering will come to, before it is done
    duties          a member's own shifts, on every schedule
    policies        escalation policies and their layers
    escalation_order  one part of a policy changed, and nothing that was not seen
    policy_parts    one part of a policy changed as it is now, by the names of its fields
    schedule_records, policy_records  both as programs are told of them
    schedule_facts, policy_facts  both as views and forms show them
    escalation      begin, acknowledge, hand off, stop, escalate what is due
    firing          the next layer that has anybody is paged
    messages        the messages, as frozen values
    notifications   who is to hear which of them, and through what
    outbox          deliveries: written with what causes them, ended with a reason
    claimable       which of them can be taken up now, and when the next one can
    claims          deliveries taken up, by lease, one replica at a time
    delivering      one delivery's way out, to an outcome that is written down
    sending         what a channel to the world is handed, and what it promises
    outcomes        what became of a delivery, written down
    failing         what could not be delivered: given up, and out loud
    simulation      who would be paged: a policy walked at any instant, and undone
    walked          what such a walk wrote, read as steps
    reach           PURE: through what a member can be reached at all
    coverage_report what would page nobody, the wrong people or too late, found before it does
    coverage_known  that report, remembered until something changes
    remarks         what is said apart from any incident
    weekly          the Monday line: what nobody covers since last week
    facts           an incident as messages and views show it
    links           the acknowledging link of a letter: signed, and good once
    outages         Slack silent for too long, and back: admins are told by mail
    stranded        what waits for a channel that was switched off: ended, and out loud
    worker          the tick that escalates and delivers, and the alarm that calls it
    scrubbing       what was erased is forgotten to the last byte
    audit           the trail that is only ever added to
    audit_records   audit events as programs are told of them
    trail_search    the whole organization's trail, a page at a time: an admin's
    trail_facts     the same as people read it, with the names of what its ids stand for
    measures        what is counted as it happens, by whoever listens
    measuring       noted in a transaction, counted once it is committed
    health          what waits and what is overdue, read when asked
    logs            what a line in the log is about
"""
