// A recording as bars: how loud each stretch of it is, so that one sees where somebody speaks.

/** The loudest point of each of `n` stretches, the loudest of all being 1; silence is all zeros. */
export function peaksOf(samples: Float32Array, n: number): number[] {
  const length = Math.max(1, Math.ceil(samples.length / n));
  const peaks = Array.from({ length: n }, (_, at) => {
    let most = 0;
    for (const sample of samples.subarray(at * length, (at + 1) * length)) most = Math.max(most, Math.abs(sample));
    return most;
  });
  const loudest = Math.max(...peaks);
  return loudest > 0 ? peaks.map((peak) => peak / loudest) : peaks;
}

/** The bars of a sound file; null when the browser cannot read it. */
export async function barsOf(file: Blob, n: number): Promise<number[] | null> {
  const context = new AudioContext();
  try {
    const sound = await context.decodeAudioData(await file.arrayBuffer());
    return peaksOf(sound.getChannelData(0), n);
  } catch {
    return null;
  } finally {
    void context.close();
  }
}
