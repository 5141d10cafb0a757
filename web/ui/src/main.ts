// Starts the application.
import '@/shared/tokens.css';
import '@/shared/base.css';
import { createPinia } from 'pinia';
import { createApp } from 'vue';
import App from '@/App.vue';
import { i18n } from '@/i18n';
import { router } from '@/router';
import { useSession } from '@/session/store';
import { startClock } from '@/shared/clock';
import { whenLoggedOut } from '@/shared/http';
import { installKeys } from '@/shared/keys';
import { installPress } from '@/shared/press';

const app = createApp(App).use(createPinia()).use(i18n).use(router);
installKeys();
installPress();
startClock();

whenLoggedOut(() => useSession().expire());

app.mount('#app');
