// uPlot in the product's colours. They are read from the page when a chart is drawn, and again when day turns to night.

import type uPlot from 'uplot';

export interface Mark {
  /** Seconds since 1970. */
  at: number;
  number: number;
  isBad: boolean;
  /** What a pointer near it is told. */
  words: string;
}

export interface Drawing {
  at: number[];
  /** One line or two, of the same times. */
  values: (number | null)[][];
  names: readonly string[];
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

export interface Drawn {
  /** Null: nothing. */
  show(drawing: Drawing | null): void;
  /** Lets the mark of this number stand out; null: none. */
  choose(number: number | null): void;
  stop(): void;
}

const FONT = '12px var(--font-bricolage), system-ui, sans-serif';
/** Marks that are closer to each other share one number. */
const NUMBER_PX_MIN = 22;
/** A pointer this close to a mark is told of it. */
const NEAR_PX = 7;
/** How far below what is seen a chart is drawn already. */
const SOON_SEEN = '0px 0px 200px';

/** Keeps an empty element drawn and to its width, from when it is about to be seen until it is stopped. */
export function keepDrawn(place: HTMLElement): Drawn {
  let chart: uPlot | null = null;
  let drawing: Drawing | null = null;
  let isSeen = false;
  let isOver = false;
  const choice = { number: null as number | null };
  const night = window.matchMedia('(prefers-color-scheme: dark)');
  const draw = async () => {
    if (!isSeen) return;
    const { default: UPlot } = await import('uplot');
    await nextTurn();
    if (isOver) return;
    chart?.destroy();
    if (!drawing) chart = null;
    else {
      const data = [drawing.at, ...drawing.values] as uPlot.AlignedData;
      chart = new UPlot(optionsOf(drawing, choice, place.clientWidth, coloursOf(place)), data, place);
    }
  };
  const redraw = () => void draw();
  const sizes = new ResizeObserver(() => {
    if (drawing) chart?.setSize({ width: place.clientWidth, height: drawing.height });
  });
  const sight = new IntersectionObserver(
    (entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      isSeen = true;
      sight.disconnect();
      redraw();
    },
    { rootMargin: SOON_SEEN },
  );
  sight.observe(place);
  sizes.observe(place);
  night.addEventListener('change', redraw);
  return {
    show(next) {
      drawing = next;
      redraw();
    },
    choose(number) {
      choice.number = number;
      chart?.redraw();
    },
    stop() {
      isOver = true;
      sight.disconnect();
      sizes.disconnect();
      night.removeEventListener('change', redraw);
      chart?.destroy();
    },
  };
}

let turns = Promise.resolve();

/** One chart in each of the browser's tasks, so that a page of them answers a finger in between. */
function nextTurn(): Promise<void> {
  turns = turns.then(() => new Promise((resolve) => setTimeout(resolve)));
  return turns;
}

interface Choice {
  number: number | null;
}

interface Colours {
  line: string;
  second: string;
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
    second: role('accent'),
    fill: `${line}26`,
    text: role('muted'),
    grid: role('line'),
    max: role('bad'),
    good: role('good'),
    bad: role('bad'),
    font: FONT.replace('var(--font-bricolage)', style.fontFamily.split(',')[0] ?? 'sans-serif'),
  };
}

function optionsOf(drawing: Drawing, choice: Choice, width: number, colours: Colours): uPlot.Options {
  const { bare, height, max, least, steps, format } = drawing;
  const isMarked = !bare && drawing.marks.length > 0;
  const axis = {
    stroke: colours.text,
    font: colours.font,
    grid: { stroke: colours.grid, width: 1 },
    ticks: { show: false },
  };
  return {
    width,
    height,
    padding: bare ? [4, 0, 2, 0] : [isMarked ? 18 : 10, 22, 0, 0],
    legend: { show: false },
    cursor: bare ? { show: false } : { y: false, drag: { x: false, y: false }, points: { size: 7 } },
    scales: { x: { time: true }, y: { range: (_chart, _low, most) => [0, scaleEnd(Math.max(most ?? 0, least), max)] } },
    axes: bare
      ? [{ show: false }, { show: false }]
      : [
          {
            ...axis,
            size: 28,
            grid: { show: false },
            space: 80,
            incrs: TIME_STEPS,
            values: (_chart, splits) => timeWords(splits),
          },
          {
            ...axis,
            size: 72,
            ...(steps ? { incrs: [...steps] } : {}),
            values: (_chart, splits) => splits.map((split) => format(split)),
          },
        ],
    series: [
      {},
      { stroke: colours.line, fill: colours.fill, width: 1.5, points: alone(colours.line), spanGaps: false },
      ...drawing.values.slice(1).map(() => ({
        ...{ stroke: colours.second, width: 1.5, points: alone(colours.second), spanGaps: false },
      })),
    ],
    hooks: {
      draw: [(chart) => drawLines(chart, drawing, choice, colours)],
      ready: bare ? [] : [(chart) => addReadout(chart, drawing)],
    },
  };
}

/** Seconds between the times below: whole minutes, hours and days, as they are written. */
const TIME_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1_440, 2_880, 5_760, 10_080, 20_160].map(
  (minutes) => minutes * 60,
);

/** A value between two moments without any is a dot: no line would show it. */
function alone(colour: string): uPlot.Series.Points {
  return {
    ...{ show: true, size: 4, width: 0, fill: colour, stroke: colour },
    filter: (chart, series) => {
      const values = chart.data[series] ?? [];
      return Array.from(values.keys()).filter(
        (at) => values[at] != null && values[at - 1] == null && values[at + 1] == null,
      );
    },
  };
}

const EXACT: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' };

/** Below the pointer: what was when, and near a mark what that was. */
function addReadout(chart: uPlot, { marks, names, format }: Drawing): void {
  const words = document.createElement('p');
  words.className = 'chart-readout';
  chart.over.append(words);
  chart.over.addEventListener('mousemove', () => {
    const { idx, left = 0 } = chart.cursor;
    const near = marks.find(({ at }) => Math.abs(chart.valToPos(at, 'x') - left) <= NEAR_PX);
    const [at, ...values] = idx == null ? [] : chart.data.map((line) => line[idx]);
    const told = values.flatMap((value, line) =>
      value == null ? [] : [`${format(value)} ${names[line] ?? ''}`.trim()],
    );
    const time = at == null ? '' : new Intl.DateTimeFormat('en-GB', EXACT).format(at * 1_000);
    words.textContent = near ? near.words : told.length === 0 ? '' : `${told.join(', ')} · ${time}`;
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

function drawLines(chart: uPlot, { max, marks, bare }: Drawing, choice: Choice, colours: Colours): void {
  const { ctx, bbox } = chart;
  if (max !== null && max <= (chart.scales.y?.max ?? 0)) {
    const y = chart.valToPos(max, 'y', true);
    dash(ctx, colours.max, 1, [bbox.left, y], [bbox.left + bbox.width, y]);
  }
  let numberedTo = Number.NEGATIVE_INFINITY;
  for (const mark of [...marks].sort((a, b) => a.at - b.at)) {
    const x = chart.valToPos(mark.at, 'x', true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    const isChosen = mark.number === choice.number;
    const colour = mark.isBad ? colours.bad : colours.good;
    dash(ctx, colour, isChosen ? 3 : 1, [x, bbox.top], [x, bbox.top + bbox.height]);
    if (bare || (!isChosen && x - numberedTo < NUMBER_PX_MIN * devicePixelRatio)) continue;
    numberedTo = x;
    writeNumber(ctx, mark.number, colour, colours.font, x, bbox.top);
  }
}

function dash(
  ctx: CanvasRenderingContext2D,
  colour: string,
  width: number,
  from: [number, number],
  to: [number, number],
): void {
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.lineWidth = width * devicePixelRatio;
  if (width === 1) ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(...from);
  ctx.lineTo(...to);
  ctx.stroke();
  ctx.restore();
}

/** Above the plot, at the head of the mark. */
function writeNumber(
  ctx: CanvasRenderingContext2D,
  number: number,
  colour: string,
  font: string,
  x: number,
  top: number,
): void {
  ctx.save();
  ctx.fillStyle = colour;
  ctx.font = font.replace('12px', `${11 * devicePixelRatio}px`);
  ctx.textAlign = 'center';
  ctx.textBaseline = 'bottom';
  ctx.fillText(String(number), x, top - 2 * devicePixelRatio);
  ctx.restore();
}
