// Deliveries by the hour, as bars with a part for each tone, and the same as a table for those who do not see them.
import type { Stats } from "@taskwire/client/admin";
import { codeInWords, moment, plural } from "../words.ts";
import { type Hour, hoursOf, ticksOf } from "./chart.ts";
import { count } from "./figures.ts";
import { useWidth } from "./use_width.ts";
import { TONES, type Tone } from "./verdicts.ts";

const HEIGHT = 200;
const TOP = 8;
const FOOT = 22;
const LEFT = 38;

export const TONE_NAMES: Record<Tone, string> = {
  good: "Applied",
  calm: "Nothing to do",
  warm: "Unusual",
  bad: "Refused or failed",
};

const HOUR = new Intl.DateTimeFormat(undefined, { hour: "numeric" });

export function HourChart({ stats }: { stats: Stats }) {
  const [ref, width] = useWidth();
  const hours = hoursOf(stats);
  const sums = TONES.map((tone) => [tone, hours.reduce((sum, { tones }) => sum + tones[tone], 0)] as const);
  const most = Math.max(0, ...hours.map(({ total }) => total));
  return (
    <figure className="figure">
      <figcaption className="legend">
        {sums.map(([tone, sum]) => (
          <span key={tone} className="mark" data-tone={tone}>
            {TONE_NAMES[tone]} <b>{count(sum)}</b>
          </span>
        ))}
      </figcaption>
      <div ref={ref} className="chart hours">
        {width > 0 && <Bars hours={hours} most={most} width={width} />}
      </div>
      <details className="as-table">
        <summary>The hours as a table</summary>
        <table>
          <thead>
            <tr>
              <th scope="col">From</th>
              <th scope="col">Deliveries</th>
              <th scope="col">Verdicts</th>
            </tr>
          </thead>
          <tbody>
            {hours
              .filter(({ total }) => total > 0)
              .toReversed()
              .map((hour) => (
                <tr key={hour.at}>
                  <th scope="row">
                    <time dateTime={hour.at}>{moment(hour.at)}</time>
                  </th>
                  <td>{count(hour.total)}</td>
                  <td>{inWords(hour)}</td>
                </tr>
              ))}
          </tbody>
        </table>
        {most === 0 && <p className="hint">There was none.</p>}
      </details>
    </figure>
  );
}

const inWords = ({ verdicts }: Hour): string =>
  Object.entries(verdicts)
    .map(([verdict, sum]) => `${count(sum)} ${codeInWords(verdict).toLowerCase()}`)
    .join(", ");

function Bars({ hours, most, width }: { hours: readonly Hour[]; most: number; width: number }) {
  const ticks = ticksOf(most);
  const top = ticks.at(-1) ?? 1;
  const floor = HEIGHT - FOOT;
  const y = (value: number): number => floor - (value / top) * (floor - TOP);
  const step = (width - LEFT) / hours.length;
  const gap = step > 14 ? 4 : step > 6 ? 2 : 1;
  // A label for every third, sixth or twelfth hour, as there is room.
  const every = [1, 2, 3, 6, 12, 24].find((each) => each * step >= 48) ?? 24;
  return (
    <svg width={width} height={HEIGHT} viewBox={`0 0 ${width} ${HEIGHT}`} aria-hidden="true">
      {ticks.map((tick) => (
        <g key={tick}>
          <line className="rule" x1={LEFT} x2={width} y1={y(tick)} y2={y(tick)} />
          <text className="tick" x={LEFT - 8} y={y(tick) + 4} textAnchor="end">
            {count(tick)}
          </text>
        </g>
      ))}
      {hours.map((hour, at) => {
        const x = LEFT + at * step;
        let below = 0;
        return (
          <g key={hour.at} className="bar-group">
            <rect className="hit" x={x} y={TOP} width={step} height={floor - TOP} />
            {TONES.map((tone) => {
              const value = hour.tones[tone];
              if (value === 0) return null;
              // What is there can be seen, however little of the whole it is.
              const high = Math.max(2, y(below) - y(below + value));
              const bottom = y(below);
              below += value;
              return (
                <rect
                  key={tone}
                  className="bar-part"
                  data-tone={tone}
                  x={x + gap / 2}
                  y={bottom - high}
                  width={Math.max(1, step - gap)}
                  height={high}
                />
              );
            })}
            {new Date(hour.at).getHours() % every === 0 && (
              <text className="tick" x={Math.min(x + step / 2, width - 18)} y={HEIGHT - 6} textAnchor="middle">
                {HOUR.format(new Date(hour.at))}
              </text>
            )}
            <title>{`${moment(hour.at)}: ${plural(hour.total, "delivery", "deliveries")}${hour.total > 0 ? `, ${inWords(hour)}` : ""}`}</title>
          </g>
        );
      })}
    </svg>
  );
}
