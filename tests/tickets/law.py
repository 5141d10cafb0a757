"""Who may do what to a ticket and where it leads: the rules written down a second time, without our table."""

#: an act, by whom, from which state to which; `=` stays, and one word stands for several states
LAW = """
register        agent specialist system citizen         draft>registered
discard         agent specialist system                 draft>void
list            agent specialist system                 registered>to_dispatch
answer          agent specialist                        registered>answered
reject          agent specialist dispatcher supervisor  registered>rejected
reject          dispatcher supervisor                   to_dispatch>rejected
object          agent specialist callback supervisor    rejected>registered terminated>registered
transfer        agent specialist dispatcher             registered>transferred
transfer        dispatcher                              to_dispatch>transferred
acknowledge     dispatcher system                       transferred>archived
reopen          agent specialist callback supervisor    answered>registered
merge           agent specialist dispatcher             registered>merged
merge           dispatcher                              to_dispatch>merged
split           dispatcher system                       merged>to_dispatch
answer_child    system                                  merged>to_callback
dispatch        dispatcher system                       to_dispatch>dispatched rework>dispatched
send_back       dispatcher                              to_dispatch>registered
complete        agent specialist callback               registered>to_dispatch
ask_completion  unit_officer                            dispatched= in_progress=
complete        dispatcher callback                     dispatched= in_progress=
recall          dispatcher supervisor                   dispatched>to_dispatch
step_aside      system                                  dispatched>to_dispatch return_review>to_dispatch
step_aside      system                                  in_progress>to_dispatch replied>to_dispatch parked>to_dispatch
withdraw        agent specialist callback dispatcher supervisor system     unheard>withdrawn
withdraw        agent specialist callback dispatcher supervisor            merged>withdrawn
withdraw        system                                  to_callback>withdrawn
withdraw_part   agent specialist callback dispatcher supervisor            unheard=
sign            unit_officer                            dispatched>in_progress in_progress=
return          unit_officer                            dispatched>return_review in_progress>return_review
approve_return  dispatcher supervisor                   return_review>to_dispatch
refuse_return   dispatcher supervisor                   return_review>in_progress
confer          dispatcher supervisor                   to_dispatch>arbitration return_review>arbitration
rule            supervisor                              arbitration>dispatched
reply           unit_officer                            in_progress>replied
submit_reply    unit_officer                            in_progress=
release_reply   unit_officer                            in_progress>replied
send_reply_back unit_officer                            in_progress=
pass_audit      auditor                                 replied>to_callback
fail_audit      auditor                                 replied>in_progress
rework          auditor                                 replied>rework
rework          callback supervisor system              to_callback>rework
rework          callback supervisor                     closed>rework
fulfil          unit_officer system                     to_callback= closed=
close           callback system                         to_callback>closed
close           supervisor                              parked>closed
park            supervisor                              in_progress>parked
resume          supervisor escalation system            parked>in_progress
terminate       supervisor                              in_progress>terminated
tell_end        agent specialist callback supervisor    untold=
archive         system                                  answered>archived rejected>archived
archive         system                                  terminated>archived closed>archived
ask_extension   unit_officer                            in_progress=
ask_parking     unit_officer                            in_progress=
ask_termination unit_officer                            in_progress=
extend          supervisor                              in_progress=
refuse_request  supervisor                              in_progress=
send_down       unit_officer                            in_progress=
report_up       unit_officer                            in_progress=
accept_report   unit_officer                            in_progress=
send_back_down  unit_officer                            in_progress=
pull_back       unit_officer                            in_progress=
ask_help        dispatcher supervisor                   held=
report_part     unit_officer                            held= parked=
excuse_part     dispatcher supervisor unit_officer      held=
interim         unit_officer                            held=
supervise       escalation supervisor system            held=
instruct        escalation supervisor                   instructed=
receive         unit_officer                            held= replied= parked=
urge            agent specialist callback escalation supervisor citizen    unanswered=
supplement      agent specialist callback escalation supervisor citizen    unanswered=
correct         agent specialist dispatcher supervisor  unanswered= to_callback=
note            agent specialist dispatcher unit_officer auditor callback escalation shift_leader supervisor    living=
redact          agent specialist dispatcher supervisor  living=
"""
HELD = ("dispatched", "in_progress", "return_review")
#: a unit or the hotline still owes the answer
UNANSWERED = ("registered", "to_dispatch", *HELD, "arbitration", "replied", "rework", "parked", "merged")
#: with or without others, a citizen may take the matter back
UNHEARD = ("registered", "to_dispatch", *HELD, "arbitration", "parked")
#: somebody still has something to do that a leader may want to be done otherwise
INSTRUCTED = ("registered", "to_dispatch", *HELD, "arbitration", "replied", "parked")
ENDS = ("archived", "withdrawn", "void")
_WORDS = {
    "untold": ("terminated", "rejected", "transferred", "archived"),
    "held": HELD,
    "unanswered": UNANSWERED,
    "unheard": UNHEARD,
    "instructed": INSTRUCTED,
    "living": (*UNANSWERED, "to_callback", "closed", "answered", "rejected", "transferred", "terminated"),
}

#: (state, act) → who may, and the state it leads to
Law = dict[tuple[str, str], tuple[frozenset[str], str]]


def _read(text: str) -> Law:
    law: Law = {}
    for line in text.strip().splitlines():
        act, *words = line.split()
        roles = frozenset(word for word in words if word[-1] != "=" and ">" not in word)
        for word in words:
            if word not in roles:
                law |= {(state, act): (roles, to) for state, to in _ways(word)}
    return law


def _ways(word: str) -> list[tuple[str, str]]:
    """`closed>rework` leads on, also from each of several; `held=` stays in each of them."""
    if word.endswith("="):
        return [(state, state) for state in _WORDS.get(word[:-1], (word[:-1],))]
    before, _, after = word.partition(">")
    return [(state, after) for state in _WORDS.get(before, (before,))]


BY_LAW = _read(LAW)


def leads_to(state: str, act: str, roles: frozenset[str]) -> str | None:
    """Where this act leads when somebody with these roles does it here; None: it is against the law."""
    who, to = BY_LAW.get((state, act), (frozenset(), ""))
    return to if roles & who else None
