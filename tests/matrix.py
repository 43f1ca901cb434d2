"""Who may open what: every route, what it asks for, and what each kind of reader is answered.

A new route fails tests/test_matrix.py until it has its row here. What a row says:

    reader, examiner, overseer        pages that are only read; coordinator, administrator: what is changed
    object                            of the unit in question (the county): foreign readers do not learn that it exists
    listed                            no unit in the gate: the view looks among what the reader may see
    unit                              the unit stands in the form
    whole                             only who administers every tree of units
    staff                             everybody who is signed in; public: everybody
    ~                                 what the address names beside the unit is not there, or is somebody else's own
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

# Each is somebody else. The county is what the objects belong to; the province stands above it, its neighbour beside.
READERS = (
    "nobody", "leaver", "staff", "coordinator beside", "head beside", "auditor beside", "administrator beside",
    "coordinator", "coordinator above", "head", "auditor", "administrator", "administrator above",
)  # fmt: skip

# in: let in · door: asked to sign in · 403 · 404
ANSWERS: Mapping[str, str] = {
    #                        nobody leaver staff | coord head audit admin, beside | coord above head audit admin above
    "public":               "in     in     in      in    in   in    in              in    in    in   in    in    in",
    "staff":                "door   door   in      in    in   in    in              in    in    in   in    in    in",
    "reader":               "door   door   403     in    in   in    in              in    in    in   in    in    in",
    "reader object":        "door   door   404     404   404  404   404             in    in    in   in    in    in",
    "reader listed":        "door   door   403     404   404  404   404             in    in    in   in    in    in",
    "examiner":             "door   door   403     in    403  in    in              in    in    403  in    in    in",
    "examiner object":      "door   door   404     404   404  404   404             in    in    403  in    in    in",
    "overseer":             "door   door   403     403   403  in    in              403   403   403  in    in    in",
    "coordinator":          "door   door   403     in    403  403   in              in    in    403  403   in    in",
    "coordinator object":   "door   door   404     404   404  404   404             in    in    403  403   in    in",
    "coordinator unit":     "door   door   403     404   403  403   404             in    in    403  403   in    in",
    "administrator":        "door   door   403     403   403  403   in              403   403   403  403   in    in",
    "administrator object": "door   door   404     404   404  404   404             403   403   403  403   in    in",
    "administrator unit":   "door   door   403     403   403  403   404             403   403   403  403   in    in",
    "administrator whole":  "door   door   403     403   403  403   403             403   403   403  403   403   in",
}  # fmt: skip

TABLE = """
GET  /                                                                 staff
POST /access                                                           administrator
GET  /access                                                           overseer
POST /access/<int:access_id>/revoke                                    administrator object
POST /access/passwords                                                 administrator whole
GET  /activities                                                       reader
GET  /activities/<int:activity_id>                                     administrator whole
POST /activities/<int:activity_id>                                     administrator whole
POST /activities/<int:activity_id>/default                             administrator whole ~
GET  /activities/choices                                               administrator whole
POST /activities/choices                                               administrator whole
GET  /answer/<token>                                                   public
POST /answer/<token>                                                   public
GET  /approvals                                                        overseer
POST /approvals/<int:approval_id>/approve                              administrator object
POST /approvals/<int:approval_id>/refuse                               administrator object
POST /approvals/<int:approval_id>/withdraw                             coordinator object ~
POST /approvals/policy                                                 administrator unit
POST /approvals/restore-code                                           administrator
POST /assignments/<int:assignment_id>/swap                             coordinator object
GET  /assignments/<int:assignment_id>/swap                             coordinator object
GET  /attendance                                                       reader
GET  /audit                                                            overseer
GET  /audit.<any(csv, xlsx):ending>                                    overseer
POST /away/<int:away_id>/remove                                        coordinator object
GET  /calendar/<token>/duty.ics                                        public
GET  /channels                                                         overseer
POST /channels/<int:channel_id>                                        administrator object
GET  /channels/<int:channel_id>                                        administrator object
POST /channels/<int:channel_id>/remove                                 administrator object
POST /channels/<int:channel_id>/test                                   administrator object
GET  /channels/new                                                     administrator
POST /channels/new                                                     administrator
GET  /check-in/<int:shift_id>                                          staff ~
GET  /check-ins/<int:check_in_id>/photo                                examiner object ~
POST /check-ins/<int:check_in_id>/void                                 coordinator object
GET  /exports                                                          reader
POST /exports                                                          reader
GET  /exports/<int:handout_id>                                         reader ~
POST /exports/<int:handout_id>/drop                                    reader ~
GET  /exports/<int:handout_id>/file                                    reader ~
GET  /exports/<int:handout_id>/now                                     reader ~
GET  /healthz                                                          public
POST /imports                                                          coordinator
GET  /imports                                                          examiner
GET  /imports/<int:intake_id>                                          examiner object
POST /imports/<int:intake_id>/answers                                  coordinator object
POST /imports/<int:intake_id>/columns                                  coordinator object
POST /imports/<int:intake_id>/drop                                     coordinator object
GET  /imports/<int:intake_id>/now                                      examiner object
POST /imports/<int:intake_id>/store                                    coordinator object
POST /imports/<int:intake_id>/undo                                     coordinator object
GET  /imports/samples/<name>                                           coordinator ~
POST /language                                                         public
GET  /leave                                                            reader
POST /leave/<int:request_id>/approve                                   coordinator object
POST /leave/<int:request_id>/decline                                   coordinator object
POST /leave/calendars                                                  coordinator
GET  /leave/calendars                                                  examiner
POST /leave/calendars/<int:calendar_id>/again                          coordinator object
POST /leave/calendars/<int:calendar_id>/forget                         coordinator object
GET  /leave/rules                                                      reader
POST /leave/rules                                                      administrator unit
GET  /manifest.webmanifest                                             public
GET  /me                                                               staff
GET  /me/calendar                                                      staff
POST /me/calendar                                                      staff
POST /me/calendar/alarms                                               staff
GET  /me/calendar/duty.ics                                             staff
POST /me/calendar/name                                                 staff ~
POST /me/calendar/revoke                                               staff ~
POST /me/check-in/<int:assignment_id>                                  staff ~
GET  /me/check-in/<int:assignment_id>                                  staff ~
POST /me/check-in/<int:assignment_id>/leave                            staff ~
POST /me/check-in/<int:assignment_id>/note                             staff ~
GET  /me/duties/<int:duty_id>                                          staff ~
POST /me/duties/<int:duty_id>/acknowledge                              staff ~
POST /me/duties/<int:duty_id>/swap                                     staff ~
GET  /me/duties/<int:duty_id>/swap                                     staff ~
GET  /me/history                                                       staff
POST /me/leave                                                         staff
GET  /me/leave                                                         staff
POST /me/leave/<int:request_id>/withdraw                               staff ~
GET  /me/leave/calendar                                                staff
POST /me/leave/calendar                                                staff
POST /me/leave/calendar/again                                          staff ~
POST /me/leave/calendar/forget                                         staff ~
GET  /me/open                                                          staff
GET  /me/open/<int:_opening_id>/<_act>                                 staff ~
POST /me/open/<int:opening_id>/leave                                   staff ~
POST /me/open/<int:opening_id>/take                                    staff ~
GET  /me/password                                                      staff
POST /me/password                                                      staff
GET  /me/sessions                                                      staff
POST /me/sessions/<int:session_id>/end                                 staff ~
POST /me/sessions/end                                                  staff
GET  /me/settings                                                      staff
POST /me/settings                                                      staff
GET  /me/swaps                                                         staff
GET  /me/swaps/<int:_offer_id>                                         staff ~
POST /me/swaps/<int:offer_id>                                          staff ~
POST /me/swaps/<int:request_id>/withdraw                               staff ~
GET  /me/visits/<int:quota_id>                                         staff ~
POST /me/visits/<int:quota_id>                                         staff ~
POST /me/visits/<int:quota_id>/<int:assignment_id>/take-back           staff ~
POST /me/wishes                                                        staff
GET  /me/wishes                                                        staff
POST /me/wishes/<int:wish_id>/remove                                   staff ~
GET  /messages                                                         overseer
POST /messages/<kind>                                                  administrator whole
GET  /messages/<kind>                                                  overseer
POST /messages/<kind>/preview                                          administrator whole
POST /messages/<kind>/reset                                            administrator whole
POST /months                                                           coordinator unit
GET  /months                                                           reader
GET  /months/<int:close_id>                                            reader object
POST /months/<int:close_id>/reopen                                     administrator object
GET  /openings                                                         reader
POST /openings/<int:opening_id>/call-off                               coordinator object
POST /openings/<int:opening_id>/close                                  coordinator object
GET  /operations                                                       examiner
POST /operations/jobs/<name>                                           administrator whole
POST /operations/messages/<int:message_id>/give-up                     coordinator object
POST /operations/messages/<int:message_id>/retry                       coordinator object
POST /operations/messages/retry                                        coordinator
POST /operations/sending/pause                                         administrator whole
POST /operations/sending/resume                                        administrator whole
GET  /people                                                           reader
POST /people                                                           coordinator
POST /people/<int:person_id>                                           coordinator object
GET  /people/<int:person_id>                                           reader object
POST /people/<int:person_id>/away                                      coordinator object
POST /people/<int:person_id>/link                                      coordinator object
POST /people/<int:person_id>/sessions/end                              administrator object
POST /people/<int:person_id>/wishes                                    coordinator object
GET  /people/<int:person_id>/wishes                                    examiner object
POST /people/<int:person_id>/wishes/<int:wish_id>/remove               coordinator object ~
GET  /people/balances                                                  reader
POST /people/balances/<int:batch_id>/reverse                           coordinator object
GET  /<any(people, leave):kind>/import                                    coordinator ~
GET  /people/new                                                       coordinator
GET  /places                                                           reader
GET  /places/<int:place_id>                                            reader object
POST /places/<int:place_id>/calendar                                   coordinator object
GET  /places/<int:place_id>/calendar                                   coordinator object
GET  /places/<int:place_id>/calendar/duty.ics                          coordinator object
POST /places/<int:place_id>/calendar/name                              coordinator object ~
POST /places/<int:place_id>/calendar/revoke                            coordinator object ~
GET  /places/<int:place_id>/edit                                       coordinator object
POST /places/<int:place_id>/edit                                       coordinator object
GET  /places/<int:place_id>/sponsorships/new                           coordinator object
POST /places/<int:place_id>/sponsorships/new                           coordinator object
POST /places/new                                                       coordinator
GET  /places/new                                                       coordinator
POST /policy                                                           administrator unit
GET  /policy                                                           reader
GET  /policy/swaps                                                     administrator
POST /policy/swaps                                                     administrator unit
GET  /problems                                                         staff
GET  /problems.<ending>                                                reader
POST /problems/<int:problem_id>/close                                  coordinator object
GET  /quotas                                                           reader
GET  /quotas.<any(csv, xlsx):ending>                                   reader
POST /quotas/<int:quota_id>                                            coordinator object
GET  /quotas/<int:quota_id>                                            coordinator object
GET  /quotas/<int:quota_id>/<int:person_id>/<first>                    reader object ~
GET  /quotas/<int:quota_id>/<int:person_id>/<first>/<_act>             coordinator object
POST /quotas/<int:quota_id>/<int:person_id>/<first>/plan               coordinator object ~
POST /quotas/<int:quota_id>/<int:person_id>/<first>/take-back          coordinator object ~
POST /quotas/<int:quota_id>/<int:person_id>/<first>/waive              coordinator object ~
GET  /quotas/<int:quota_id>/end                                        coordinator object
POST /quotas/<int:quota_id>/end                                        coordinator object
GET  /quotas/new                                                       coordinator
POST /quotas/new                                                       coordinator
POST /quotas/rules                                                     coordinator
POST /quotas/rules/own                                                 coordinator
GET  /quotas/rules                                                     reader
GET  /quotas/units                                                     reader
GET  /quotas/units/<int:target_id>                                     reader listed
POST /quotas/units/<int:target_id>/end                                 coordinator object
GET  /quotas/units/<int:target_id>/end                                 coordinator object
POST /quotas/units/new                                                 coordinator
GET  /quotas/units/new                                                 coordinator
GET  /reports                                                          reader
GET  /reports.<ending>                                                 reader
GET  /rosters                                                          reader
POST /rosters                                                          coordinator
GET  /rosters/<int:roster_id>                                          reader object
GET  /rosters/<int:roster_id>/assignments/<int:_assignment_id>/<_act>  coordinator object
POST /rosters/<int:roster_id>/assignments/<int:assignment_id>/<act>    coordinator object ~
POST /rosters/<int:roster_id>/at-once                                  coordinator object
GET  /rosters/<int:roster_id>/at-once                                  coordinator object
POST /rosters/<int:roster_id>/call-up                                  coordinator object
GET  /rosters/<int:roster_id>/call-up                                  coordinator object
POST /rosters/<int:roster_id>/close                                    coordinator object
POST /rosters/<int:roster_id>/drop                                     coordinator object
GET  /rosters/<int:roster_id>/drop                                     coordinator object
GET  /rosters/<int:roster_id>/fill                                     reader object
POST /rosters/<int:roster_id>/fill                                     coordinator object
POST /rosters/<int:roster_id>/fill/cancel                              coordinator object
GET  /rosters/<int:roster_id>/fill/now                                 reader object
GET  /rosters/<int:roster_id>/history                                  reader object
GET  /rosters/<int:roster_id>/import                                   coordinator object
POST /rosters/<int:roster_id>/import                                   coordinator object
GET  /rosters/<int:roster_id>/lock                                     coordinator object
POST /rosters/<int:roster_id>/lock                                     coordinator object
GET  /rosters/<int:roster_id>/mend                                     coordinator object
POST /rosters/<int:roster_id>/mend                                     coordinator object
GET  /rosters/<int:roster_id>/parts                                    reader object
GET  /rosters/<int:roster_id>/print                                    reader object
GET  /rosters/<int:roster_id>/progress                                 reader object
POST /rosters/<int:roster_id>/publish                                  coordinator object
GET  /rosters/<int:roster_id>/publish                                  reader object
POST /rosters/<int:roster_id>/redo                                     coordinator object
GET  /rosters/<int:roster_id>/refusals                                 coordinator object ~
GET  /rosters/<int:roster_id>/roster.xlsx                              reader object
GET  /rosters/<int:roster_id>/scenarios                                reader object
POST /rosters/<int:roster_id>/scenarios                                coordinator object
GET  /rosters/<int:roster_id>/scenarios/<int:_scenario_id>/<_act>      coordinator object
POST /rosters/<int:roster_id>/scenarios/<int:scenario_id>/<act>        coordinator object ~
GET  /rosters/<int:roster_id>/scenarios/now                            reader object
POST /rosters/<int:roster_id>/seat                                     coordinator object
GET  /rosters/<int:roster_id>/seat                                     coordinator object
POST /rosters/<int:roster_id>/shifts                                   coordinator object
POST /rosters/<int:roster_id>/shifts/new                               coordinator object
GET  /rosters/<int:roster_id>/shifts/new                               coordinator object
POST /rosters/<int:roster_id>/undo                                     coordinator object
GET  /rosters/<int:roster_id>/version                                  reader object
GET  /rosters/<int:roster_id>/versions                                 reader object
GET  /rosters/<int:roster_id>/versions/<int:number>                    reader object ~
POST /rosters/<int:roster_id>/versions/<int:number>/restore            coordinator object ~
GET  /rosters/<int:roster_id>/versions/<int:number>/restore            coordinator object
GET  /rosters/new                                                      coordinator
GET  /rules                                                            reader
POST /rules                                                            administrator unit
GET  /shifts/<int:shift_id>                                            reader object
POST /shifts/<int:shift_id>/attendance                                 coordinator object
GET  /shifts/<int:shift_id>/attendance                                 reader object
POST /shifts/<int:shift_id>/attendance/<int:assignment_id>             coordinator object
POST /shifts/<int:shift_id>/attendance/others                          coordinator object
POST /shifts/<int:shift_id>/attendance/others/<int:entry_id>           coordinator object ~
GET  /shifts/<int:shift_id>/code                                       coordinator object
POST /shifts/<int:shift_id>/opening                                    coordinator object
GET  /shifts/<int:shift_id>/opening                                    reader object
POST /shifts/<int:shift_id>/problems                                   coordinator object
POST /shifts/<int:shift_id>/remove                                     coordinator object
GET  /shifts/<int:shift_id>/report                                     reader object
POST /shifts/<int:shift_id>/report                                     coordinator object
POST /sign-ups/<int:sign_up_id>/free                                   coordinator object
POST /sign-ups/<int:sign_up_id>/seat                                   coordinator object
POST /signin                                                           public
GET  /signin                                                           public
GET  /signin/<token>                                                   public
POST /signin/<token>                                                   public
GET  /signin/<any(password, forgot):_form>                             public
POST /signin/forgot                                                    public
GET  /signin/oidc                                                      public
GET  /signin/oidc/back                                                 public
POST /signin/password                                                  public
GET  /signin/reset/<token>                                             public
POST /signin/reset/<token>                                             public
POST /signout                                                          staff
GET  /sponsorships/<int:sponsorship_id>                                coordinator object
POST /sponsorships/<int:sponsorship_id>                                coordinator object
GET  /sponsorships/<int:sponsorship_id>/place                          reader object
GET  /static/<path:filename>                                           public
GET  /swap/<token>                                                     public
POST /swap/<token>                                                     public
GET  /swaps                                                            reader
POST /swaps/<int:request_id>/<any(approve, refuse, withdraw):act>      coordinator object
POST /swaps/offers/<int:offer_id>                                      coordinator object
GET  /tallies                                                          reader
GET  /tallies.csv                                                      reader
GET  /tallies.xlsx                                                     reader
GET  /tallies/briefing                                                 reader
GET  /tallies/briefing.txt                                             reader
GET  /tallies/ranking                                                  reader
GET  /tallies/ranking.<any(csv, xlsx):ending>                          reader
GET  /templates                                                        reader
GET  /templates/<int:template_id>                                      reader object
GET  /templates/<int:template_id>/edit                                 coordinator object
POST /templates/<int:template_id>/edit                                 coordinator object
POST /templates/<int:template_id>/end                                  coordinator object
GET  /templates/new                                                    coordinator
POST /templates/new                                                    coordinator
GET  /tallies/mailed                                                   reader
POST /tallies/mailed                                                   coordinator
POST /tallies/mailed/<int:export_id>/end                               coordinator object
GET  /trips                                                            reader
GET  /trips.<any(csv, xlsx):ending>                                    reader
POST /units                                                            coordinator
GET  /units                                                            reader
GET  /units/<int:unit_id>                                              coordinator object
POST /units/<int:unit_id>                                              coordinator object
POST /units/<int:unit_id>/<any(calendar, visits):kind>                 coordinator object
GET  /units/<int:unit_id>/<any(calendar, visits):kind>                 coordinator object
GET  /units/<int:unit_id>/<any(calendar, visits):kind>/duty.ics        coordinator object
POST /units/<int:unit_id>/<any(calendar, visits):kind>/name            coordinator object ~
POST /units/<int:unit_id>/<any(calendar, visits):kind>/revoke          coordinator object ~
POST /units/<int:unit_id>/wall                                         coordinator object
POST /units/<int:unit_id>/wall/revoke                                  coordinator object ~
GET  /units/new                                                        coordinator
GET  /wall/<token>                                                     public
GET  /walls                                                            examiner
POST /workdays                                                         administrator whole
GET  /workdays                                                         reader
POST /workdays/<day>/remove                                            administrator whole ~
GET  /worker.js                                                        public
"""


@cache
def rows() -> dict[tuple[str, str], str]:
    """Verb and rule → what it asks for."""
    lines = [re.split(r" {2,}", line.replace(" ", "  ", 1)) for line in TABLE.strip().splitlines()]
    return {(verb, rule): asked for verb, rule, asked in lines}


@cache
def expected(asked: str) -> dict[str, str]:
    """Reader → the answer."""
    return dict(zip(READERS, ANSWERS[asked.removesuffix(" ~")].split(), strict=True))
