"""Every name we share with the dialplan: user events, queue_log lines, contexts.

The shipped configuration uses these and no other.

User events, written by the dialplan on the caller's channel with `UserEvent(HotlineCall,CallRef: …,Step: …,…)`:

======== ============================================================= ==========================================
Step     more fields                                                   when
======== ============================================================= ==========================================
greeting Dialled: ${EXTEN}  Line: <line id>                            right after Answer(), before the greeting
queue    Queue: <name>  Recording: <path under the recordings folder>  right before Queue(); empty: not recorded
done     Queue: <name>  QueueStatus: ${QUEUESTATUS}                    Queue() has returned
         Agent: ${MEMBERINTERFACE}
asked    Agent: ${MEMBERINTERFACE}                                     right before the rating is asked for
rated    Key: <digit or empty>  ReadStatus: ${READSTATUS}              Read() has returned; empty key: refused
         Agent: ${MEMBERINTERFACE}
gone     QueueStatus: ${QUEUESTATUS}  Abandoned: ${ABANDONED}          hangup handler of the caller's channel
======== ============================================================= ==========================================

queue_log lines, written with `QueueLog(<queue or NONE>,${UNIQUEID},<agent or NONE>,<event>,<field>|<field>)`; they
say the same facts, so that a call we did not hear is found again:

================= ======================================== =====================
event             fields                                   with
================= ======================================== =====================
HOTLINE_GREETING  ${CALLERID(num)} | ${EXTEN} | <line id>  Step greeting
HOTLINE_QUEUE     <recording path>                         Step queue
HOTLINE_DONE      ${QUEUESTATUS}                           Step done
HOTLINE_ASKED     (none)                                   Step asked
HOTLINE_RATED     <digit or empty> | ${READSTATUS}         Step rated
HOTLINE_GONE      ${QUEUESTATUS} | ${ABANDONED}            Step gone
================= ======================================== =====================

Beside them Asterisk's own ENTERQUEUE, CONNECT, COMPLETEAGENT, COMPLETECALLER, ABANDON, EXITWITHTIMEOUT, EXITEMPTY,
RINGNOANSWER, BLINDTRANSFER and ATTENDEDTRANSFER are read.

What the configuration must hold: callers enter in the context `from-trunk`, seats call from `from-seats`; queues have
no static members (we add them with QueueAdd, without a MemberName, so that a member is named by its interface
everywhere) and `persistentmembers=no`, `log_membername_as_agent=no`, `wrapuptime=0` (we pause the seat while it talks),
`ringinuse=no`, `setinterfacevar=yes`, `autopause=yes` (a seat that lets it ring is paused at once; `autopausebusy=no`),
`timestampevents=yes`.
The AMI user needs to see: Newchannel, Hangup, UserEvent, QueueCaller*, AgentCalled, AgentConnect, AgentComplete,
AgentRingNoAnswer, QueueMember*, Hold, Unhold, BlindTransfer, AttendedTransfer, FullyBooted, Shutdown.

Actions we send: Login, Ping, QueueStatus, CoreShowChannels, QueueAdd, QueueRemove, QueuePause (Reason in Chinese),
Hangup, PJSIPNotify (Channel, `Variable: Event=talk` to answer or to take back, `Event=hold` to hold: what desk phones
know as remote control), Originate (of a duty phone: telephony/duty_phone.py; of a call by staff: telephony/bridges;
the end of its first leg comes as OriginateResponse, the second is told by `UserEvent(HotlineBridge,BridgeRef: …,Step:
answered)` and `Step: ended  DialStatus: ${DIALSTATUS}  Talked: ${ANSWEREDTIME}`), Setvar and Redirect (of staff who
dialled in: telephony/dial_in; what they keyed comes as `UserEvent(HotlineDialIn,CallRef: …,Ticket: <digits>,Pin:
<covered>,Try: <1 to 3>)`).
"""

#: Where callers come in, and seats.
CALLER_CONTEXT = "from-trunk"
SEAT_CONTEXT = "from-seats"
#: Where a duty phone that we rang is sent when it answers.
DUTY_CONTEXT = "hotline-duty"

#: Where one's own telephone is sent when it answers, to be joined with the citizen's.
BRIDGE_CONTEXT = "hotline-bridge"
#: The Uniqueid of a channel that we dialled begins so: it is nobody who called the hotline.
OWN_PREFIX = "hotline-"

#: The user event of such a call, and the values of its field Step.
BRIDGE_EVENT = "HotlineBridge"
BRIDGE_STEP_ANSWERED = "answered"
BRIDGE_STEP_ENDED = "ended"

#: Where staff who dial in from outside key ticket number and PIN; its extensions are the verdicts (telephony/dial_in).
DIAL_IN_CONTEXT = "hotline-dial-in"
DIAL_IN_EVENT = "HotlineDialIn"
DIAL_IN_TRIES = 3

#: The user event, and the values of its field Step.
USER_EVENT = "HotlineCall"
STEP_GREETING = "greeting"
STEP_QUEUE = "queue"
STEP_DONE = "done"
STEP_ASKED = "asked"
STEP_RATED = "rated"
STEP_GONE = "gone"

#: The lines of queue_log that our dialplan writes.
LOG_GREETING = "HOTLINE_GREETING"
LOG_QUEUE = "HOTLINE_QUEUE"
LOG_DONE = "HOTLINE_DONE"
LOG_ASKED = "HOTLINE_ASKED"
LOG_RATED = "HOTLINE_RATED"
LOG_GONE = "HOTLINE_GONE"
