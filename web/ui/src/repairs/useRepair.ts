// One repair as it stands, read anew when another is chosen or somebody has acted on it.
import { ref, shallowRef, watch, type Ref } from 'vue';
import { readRepair } from '@/repairs/api';
import type { RepairView } from '@/repairs/types';
import { Problem } from '@/shared/http';

export function useRepair(number: Readonly<Ref<string | null>>) {
  const repair = shallowRef<RepairView | null>(null);
  const problem = shallowRef<Problem | null>(null);
  const isLoading = ref(false);

  async function load(): Promise<void> {
    const wanted = number.value;
    if (!wanted) return;
    isLoading.value = true;
    try {
      const found = await readRepair(wanted);
      if (number.value === wanted) take(found);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      problem.value = error;
    } finally {
      isLoading.value = false;
    }
  }

  function take(found: RepairView): void {
    repair.value = found;
    problem.value = null;
  }

  watch(
    number,
    () => {
      repair.value = null;
      problem.value = null;
      void load();
    },
    { immediate: true },
  );
  return { repair, problem, isLoading, load, take };
}
