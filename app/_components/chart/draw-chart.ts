// uPlot in the product's colours. They are read from the page when a chart is drawn, and again when day turns to night.

import type uPlot from 'uplot';
import type { Points } from './points.ts';

export interface Mark {
  /** Seconds since 1970. */
  at: number;
  isBad: boolean;
}

export interface Drawing {
  points: Points;
  format: (value: number) => string;
  height: number;
  bare: boolean;
  max: number | null;
  /** The scale ends here at the least: noise is not blown up. */
  least: number;
  /** What the lines across may be apart, rising; null: as uPlot finds. */
  steps: readonly number[] | null;
  marks: Mark[];
}

const FONT = '12px var(--font-bricolage), system-ui, sans-serif';

/** Draws into an empty element and keeps to its width, until the answered function is called. */
export function drawChart(place: HTMLElement, drawing: Drawing): () => void {
  let chart: uPlot | null = null;
  let isOver = false;
  const night = window.matchMedia('(prefers-color-scheme: dark)');
  const draw = async () => {
    const { default: UPlot } = await import('uplot');
    if (isOver) return;
    chart?.destroy();
    const data = [drawing.points.at, drawing.points.values] as uPlot.AlignedData;
    chart = new UPlot(optionsOf(drawing, place.clientWidth, coloursOf(place)), data, place);
  };
  const sizes = new ResizeObserver(() => chart?.setSize({ width: place.clientWidth, height: drawing.height }));
  const redraw = () => void draw();
  void draw();
  sizes.observe(place);
  night.addEventListener('change', redraw);
  return () => {
    isOver = true;
    sizes.disconnect();
    night.removeEventListener('change', redraw);
    chart?.destroy();
  };
}

interface Colours {
  line: string;
  fill: string;
  text: string;
  grid: string;
  max: string;
  good: string;
  bad: string;
  font: string;
}

function coloursOf(place: HTMLElement): Colours {
  const style = getComputedStyle(place);
  const role = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const line = role('meter');
  return {
    line,
    fill: `${line}26`,
    text: role('muted'),
    grid: role('line'),
    max: role('bad'),
    good: role('good'),
    bad: role('bad'),
    font: FONT.replace('var(--font-bricolage)', style.fontFamily.split(',')[0] ?? 'sans-serif'),
  };
}

function optionsOf(drawing: Drawing, width: number, colours: Colours): uPlot.Options {
  const { bare, height, max, least, steps, format } = drawing;
  const axis = {
    stroke: colours.text,
    font: colours.font,
    grid: { stroke: colours.grid, width: 1 },
    ticks: { show: false },
  };
  return {
    width,
    height,
    padding: bare ? [4, 0, 2, 0] : [10, 8, 0, 0],
    legend: { show: false },
    cursor: bare ? { show: false } : { y: false, drag: { x: false, y: false }, points: { size: 7 } },
    scales: { x: { time: true }, y: { range: (_chart, _low, most) => [0, scaleEnd(Math.max(most ?? 0, least), max)] } },
    axes: bare
      ? [{ show: false }, { show: false }]
      : [
          { ...axis, size: 28, grid: { show: false }, space: 80, values: (_chart, splits) => timeWords(splits) },
          {
            ...axis,
            size: 72,
            ...(steps ? { incrs: [...steps] } : {}),
            values: (_chart, splits) => splits.map((split) => format(split)),
          },
        ],
    series: [{}, { stroke: colours.line, fill: colours.fill, width: 1.5, points: { show: false }, spanGaps: false }],
    hooks: {
      draw: [(chart) => drawLines(chart, drawing, colours)],
      ready: bare ? [] : [(chart) => addReadout(chart, format)],
    },
  };
}

const EXACT: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' };

/** Below the pointer: what was when. */
function addReadout(chart: uPlot, format: Drawing['format']): void {
  const words = document.createElement('p');
  words.className = 'chart-readout';
  chart.over.append(words);
  chart.over.addEventListener('mousemove', () => {
    const index = chart.cursor.idx;
    const at = index == null ? undefined : chart.data[0][index];
    const value = index == null ? undefined : chart.data[1]?.[index];
    const time = at === undefined ? '' : new Intl.DateTimeFormat('en-GB', EXACT).format(at * 1_000);
    words.textContent = value == null ? '' : `${format(value)} · ${time}`;
  });
  chart.over.addEventListener('mouseleave', () => {
    words.textContent = '';
  });
}

/** Hours and minutes while all is of one day or two, else the day. */
function timeWords(splits: number[]): string[] {
  const span = (splits.at(-1) ?? 0) - (splits[0] ?? 0);
  const parts: Intl.DateTimeFormatOptions =
    span > 2 * 24 * 3_600 ? { day: 'numeric', month: 'short' } : { hour: '2-digit', minute: '2-digit' };
  const format = new Intl.DateTimeFormat('en-GB', parts);
  return splits.map((split) => format.format(split * 1_000));
}

/** The limit is drawn when the line comes near it: far away it would only flatten the line. */
function scaleEnd(most: number, max: number | null): number {
  const top = Math.max(most, 1e-9) * 1.1;
  return max !== null && most > max / 2 ? Math.max(top, max * 1.05) : top;
}

function drawLines(chart: uPlot, { max, marks }: Drawing, colours: Colours): void {
  const { ctx, bbox } = chart;
  const line = (colour: string, from: [number, number], to: [number, number]) => {
    ctx.save();
    ctx.strokeStyle = colour;
    ctx.lineWidth = devicePixelRatio;
    ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(...from);
    ctx.lineTo(...to);
    ctx.stroke();
    ctx.restore();
  };
  if (max !== null && max <= (chart.scales.y?.max ?? 0)) {
    const y = chart.valToPos(max, 'y', true);
    line(colours.max, [bbox.left, y], [bbox.left + bbox.width, y]);
  }
  for (const mark of marks) {
    const x = chart.valToPos(mark.at, 'x', true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    line(mark.isBad ? colours.bad : colours.good, [x, bbox.top], [x, bbox.top + bbox.height]);
  }
}
