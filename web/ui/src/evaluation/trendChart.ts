// The only chart of the page; ECharts comes when it is drawn, and only the parts it needs.
import { t } from '@/i18n';
import { count, percent } from '@/shared/numbers';
import { spokenPeriod } from '@/shared/periods';
import { isoDay } from '@/shared/times';
import type { RuleMarkView, TrendPoint } from '@/evaluation/types';

export interface TrendChart {
  show(points: readonly TrendPoint[], target: number, marks: readonly RuleMarkView[]): void;
  resize(): void;
  dispose(): void;
}

function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

const share = (value: number | null): number | null => (value === null ? null : Math.round(value * 1000) / 10);

function spoken({ period }: TrendPoint): string {
  return spokenPeriod({ from: period.first, to: period.last });
}

/** Of the rules that changed within this period. */
function changedIn({ period }: TrendPoint, marks: readonly RuleMarkView[]): readonly RuleMarkView[] {
  return marks.filter(({ at }) => {
    const day = isoDay(at);
    return period.first <= day && day <= period.last;
  });
}

function tooltip(point: TrendPoint | undefined, marks: readonly RuleMarkView[]): string {
  if (!point) return '';
  const changes = changedIn(point, marks).map(({ at, name, words }) => `${isoDay(at)} ${name}：${words}`);
  return [figures(point), ...changes].join('\n');
}

function figures(point: TrendPoint): string {
  if (point.answers.rate === null) return spoken(point);
  const { rate, low, high, answered } = point.answers;
  const spread = low === null || high === null ? '' : `（${(low * 100).toFixed(1)}–${(high * 100).toFixed(1)}）`;
  return `${spoken(point)}：${percent(rate)}${spread}，${t('figure.n')} ${count(answered)}`;
}

/** A thin upright line at each period within which a rule changed. */
function ruleLines(points: readonly TrendPoint[], marks: readonly RuleMarkView[]): Record<string, unknown>[] {
  const line = { lineStyle: { color: colour('--ink-3'), type: 'solid', width: 1 }, label: { show: false } };
  return points.flatMap((point, at) => (changedIn(point, marks).length ? [{ ...line, xAxis: at }] : []));
}

function optionOf(
  points: readonly TrendPoint[],
  target: number,
  marks: readonly RuleMarkView[],
): Record<string, unknown> {
  const lows = points.map(({ answers }) => share(answers.low));
  const widths = points.map(({ answers }) =>
    share(answers.low === null || answers.high === null ? null : answers.high - answers.low),
  );
  const least = Math.min(80, ...lows.filter((low): low is number => low !== null));
  const band = { type: 'line', stack: 'band', symbol: 'none', lineStyle: { opacity: 0 }, silent: true };
  return {
    animation: false,
    grid: { left: 40, right: 64, top: 10, bottom: 36 },
    tooltip: {
      trigger: 'axis',
      renderMode: 'richText',
      formatter: ([first]: { dataIndex: number }[]) => tooltip(points[first?.dataIndex ?? 0], marks),
    },
    xAxis: {
      type: 'category',
      axisTick: { show: false },
      axisLine: { lineStyle: { color: colour('--line-strong') } },
      axisLabel: { color: colour('--ink-3'), fontSize: 12, lineHeight: 15, interval: 0 },
      data: points.map(({ period, answers }) => `${Number(period.last.slice(5, 7))}月\n${count(answers.answered)}`),
    },
    yAxis: {
      type: 'value',
      min: Math.floor(least / 10) * 10,
      max: 100,
      splitNumber: 3,
      axisLabel: { color: colour('--ink-3'), fontSize: 12, formatter: '{value} %' },
      splitLine: { lineStyle: { color: colour('--line') } },
    },
    series: [
      { ...band, data: lows },
      { ...band, data: widths, areaStyle: { color: colour('--brand'), opacity: 0.12 } },
      {
        type: 'line',
        data: points.map(({ answers }) => share(answers.rate)),
        connectNulls: false,
        symbol: 'circle',
        symbolSize: 7,
        lineStyle: { color: colour('--brand'), width: 2 },
        itemStyle: { color: colour('--brand') },
        markLine: {
          silent: true,
          symbol: 'none',
          lineStyle: { color: colour('--ink-2'), type: 'dashed' },
          label: { formatter: t('satisfaction.target'), color: colour('--ink-2'), fontSize: 12 },
          data: [{ yAxis: target * 100 }, ...ruleLines(points, marks)],
        },
      },
    ],
  };
}

export async function drawTrend(box: HTMLElement): Promise<TrendChart> {
  const { echarts } = await import('@/evaluation/echarts');
  const chart = echarts.init(box);
  return {
    show: (points, target, marks) => void chart.setOption(optionOf(points, target, marks), true),
    resize: () => void chart.resize(),
    dispose: () => void chart.dispose(),
  };
}
