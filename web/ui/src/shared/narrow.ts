// Whether the window is as narrow as a phone: some rows of buttons then become one button and a menu.
import { readonly, ref } from 'vue';

const query = window.matchMedia('(max-width: 700px)');
const narrow = ref(query.matches);
query.addEventListener('change', ({ matches }) => (narrow.value = matches));

export const isNarrow = readonly(narrow);
