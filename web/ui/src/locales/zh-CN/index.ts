import bulk from './bulk';
import calls from './calls';
import catalogue from './catalogue';
import codes from './codes';
import disputes from './disputes';
import evaluation from './evaluation';
import notices from './notices';
import session from './session';
import shared from './shared';
import sharing from './sharing';
import sms from './sms';
import staff from './staff';
import tickets from './tickets';

export default {
  ...shared,
  ...session,
  ...calls,
  ...tickets,
  ...sharing,
  ...bulk,
  ...evaluation,
  ...sms,
  ...notices,
  ...staff,
  ...catalogue,
  ...disputes,
  code: codes,
};
