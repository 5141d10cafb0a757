// Asks once before a dangerous act: names the object and the consequence.
import { shallowRef } from 'vue';

export interface Question {
  readonly title: string;
  readonly text: string;
  readonly action: string;
  readonly isDangerous?: boolean;
}

interface Open extends Question {
  readonly answer: (isYes: boolean) => void;
}

export const openQuestion = shallowRef<Open | null>(null);

export function ask(question: Question): Promise<boolean> {
  openQuestion.value?.answer(false);
  return new Promise((resolve) => {
    openQuestion.value = {
      ...question,
      answer(isYes) {
        openQuestion.value = null;
        resolve(isYes);
      },
    };
  });
}
