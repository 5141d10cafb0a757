import bulk from './bulk';
import bulletins from './bulletins';
import calls from './calls';
import catalogue from './catalogue';
import codes from './codes';
import contact from './contact';
import counters from './counters';
import coverage from './coverage';
import decisions from './decisions';
import disputes from './disputes';
import evaluation from './evaluation';
import incidents from './incidents';
import inbox from './inbox';
import indicators from './indicators';
import mails from './mails';
import notices from './notices';
import oversight from './oversight';
import photos from './photos';
import publications from './publications';
import repairs from './repairs';
import session from './session';
import shared from './shared';
import sharing from './sharing';
import sms from './sms';
import staff from './staff';
import submissions from './submissions';
import tickets from './tickets';
import wordings from './wordings';

export default {
  ...shared,
  ...session,
  ...calls,
  ...tickets,
  ...inbox,
  ...sharing,
  ...wordings,
  ...bulk,
  ...evaluation,
  ...counters,
  ...repairs,
  ...submissions,
  ...sms,
  ...incidents,
  ...indicators,
  ...notices,
  ...bulletins,
  ...oversight,
  ...mails,
  ...photos,
  ...publications,
  ...staff,
  ...catalogue,
  ...decisions,
  ...disputes,
  ...contact,
  ...coverage,
  code: codes,
};
