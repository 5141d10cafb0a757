// The funnel plot of units; ECharts comes when it is drawn.
import { t } from '@/i18n';
import { count, percent } from '@/shared/numbers';
import type { UnitLine } from '@/evaluation/types';

export interface FunnelChart {
  show(units: readonly UnitLine[]): void;
  resize(): void;
  dispose(): void;
}

const TARGET = 0.95;
/** two-sided 95 % and 99.8 % */
const LIMITS = [1.96, 3.09] as const;
const STEPS = 60;

function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function limit(z: number, most: number): [number, number][] {
  return Array.from({ length: STEPS }, (_, step) => {
    const n = 1 + ((most - 1) * step) / (STEPS - 1);
    const share = TARGET + z * Math.sqrt((TARGET * (1 - TARGET)) / n);
    return [n, Math.min(1, Math.max(0, share)) * 100];
  });
}

function optionOf(units: readonly UnitLine[]): Record<string, unknown> {
  const rated = units.filter(({ answers }) => answers.rate !== null);
  const most = Math.max(10, ...rated.map(({ answers }) => answers.answered)) * 1.05;
  const line = { type: 'line', symbol: 'none', silent: true };
  const axis = { axisLabel: { color: colour('--ink-3'), fontSize: 12 }, splitLine: { show: false } };
  return {
    animation: false,
    grid: { left: 48, right: 64, top: 12, bottom: 40 },
    tooltip: {
      renderMode: 'richText',
      formatter: ({ dataIndex }: { dataIndex: number }) => {
        const found = rated[dataIndex];
        if (!found || found.answers.rate === null) return '';
        return `${found.unit_name}：${percent(found.answers.rate)}，${t('figure.n')} ${count(found.answers.answered)}`;
      },
    },
    xAxis: {
      ...axis,
      type: 'value',
      min: 0,
      max: Math.ceil(most),
      name: t('satisfaction.funnelN'),
      nameLocation: 'middle',
      nameGap: 24,
    },
    yAxis: { ...axis, type: 'value', min: 0, max: 100, axisLabel: { ...axis.axisLabel, formatter: '{value} %' } },
    series: [
      ...LIMITS.flatMap((z, place) =>
        [z, -z].map((side) => ({
          ...line,
          data: limit(side, most),
          lineStyle: { color: colour('--line-strong'), type: place ? 'dashed' : 'solid', width: 1 },
        })),
      ),
      {
        type: 'scatter',
        symbolSize: 9,
        itemStyle: { color: colour('--brand'), opacity: 0.8 },
        data: rated.map(({ answers }) => [answers.answered, (answers.rate ?? 0) * 100]),
        markLine: {
          silent: true,
          symbol: 'none',
          lineStyle: { color: colour('--ink-2'), type: 'dashed' },
          label: { formatter: t('satisfaction.target'), color: colour('--ink-2'), fontSize: 12 },
          data: [{ yAxis: TARGET * 100 }],
        },
      },
    ],
  };
}

export async function drawFunnel(box: HTMLElement): Promise<FunnelChart> {
  const { echarts } = await import('@/evaluation/echarts');
  const chart = echarts.init(box);
  return {
    show: (units) => void chart.setOption(optionOf(units), true),
    resize: () => void chart.resize(),
    dispose: () => void chart.dispose(),
  };
}
