import calls from './calls';
import codes from './codes';
import evaluation from './evaluation';
import session from './session';
import shared from './shared';
import sharing from './sharing';
import sms from './sms';
import tickets from './tickets';

export default { ...shared, ...session, ...calls, ...tickets, ...sharing, ...evaluation, ...sms, code: codes };
