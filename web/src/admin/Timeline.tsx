// What has happened to a task, drawn on an axis of time and written as a list. The drawing says nothing that the list
// does not, so screen readers get the list alone.
import type { TimelineEntry } from "@taskwire/client/admin";
import { Link } from "wouter";
import { linkTo } from "./address.ts";
import { took } from "./figures.ts";
import { Mark, Sentence, Time } from "./Parts.tsx";
import { draw, LANES, titleOfEntry, toneOfEntry } from "./timeline.ts";
import { useWidth } from "./use_width.ts";

const LANE = 34;
const TOP = 26;
const HEIGHT = TOP + LANES.length * LANE + 8;
const RADIUS = 6;
/** A label needs so much room. */
const LABEL = 46;

interface Props {
  timeline: readonly TimelineEntry[];
  /** How the task has ended. */
  hasFailed: boolean;
}

export function Timeline({ timeline, hasFailed }: Props) {
  const [ref, width] = useWidth();
  if (timeline.length === 0) return <p className="nothing">Nothing is known of what has happened.</p>;
  const begin = Date.parse(timeline[0]?.at ?? "");
  return (
    <>
      <div ref={ref} className="chart" data-testid="timeline-chart">
        {width > 0 && <Axis timeline={timeline} hasFailed={hasFailed} width={width} />}
      </div>
      <ol className="timeline" data-testid="timeline">
        {timeline.map((entry, at) => (
          // By its place: two entries may be alike, and none changes its place.
          <li key={at} data-what={entry.what}>
            <Mark tone={toneOfEntry(entry, hasFailed)}>{titleOfEntry(entry)}</Mark>
            <span className="timeline-when">
              <Time at={entry.at} />
              {at > 0 && <span className="timeline-after">+{took(Math.max(0, Date.parse(entry.at) - begin))}</span>}
            </span>
            <span className="timeline-detail">
              <Detail entry={entry} />
            </span>
          </li>
        ))}
      </ol>
    </>
  );
}

function Detail({ entry: { detail, deliveryId, eventId, ms } }: { entry: TimelineEntry }) {
  return (
    <>
      <span>
        <Sentence text={detail} />
      </span>
      {ms !== undefined && ms !== null && <span className="hint">{took(ms)}</span>}
      {deliveryId && <Link href={linkTo({ view: "delivery", id: deliveryId })}>The webhook</Link>}
      {eventId && <Link href={linkTo({ view: "event", id: eventId })}>The event</Link>}
    </>
  );
}

function Axis({ timeline, hasFailed, width }: Props & { width: number }) {
  const left = width < 520 ? 76 : 96;
  const { marks, gaps } = draw(timeline, hasFailed, [left + 10, width - 14]);
  const y = (lane: number): number => TOP + lane * LANE + LANE / 2;
  return (
    <svg width={width} height={HEIGHT} viewBox={`0 0 ${width} ${HEIGHT}`} aria-hidden="true">
      {LANES.map((name, lane) => (
        <g key={name}>
          <line className="lane" x1={left} x2={width} y1={y(lane)} y2={y(lane)} />
          <text className="lane-name" x={0} y={y(lane) + 4}>
            {name}
          </text>
        </g>
      ))}
      {gaps.map(({ x, width: wide, ms }) => (
        <g key={x}>
          <line className="moment" x1={x} x2={x} y1={TOP - 6} y2={HEIGHT - 8} />
          <line className="moment" x1={x + wide} x2={x + wide} y1={TOP - 6} y2={HEIGHT - 8} />
          {wide >= LABEL && (
            <text className="gap-name" x={x + wide / 2} y={TOP - 10} textAnchor="middle">
              {took(ms)}
            </text>
          )}
        </g>
      ))}
      {marks.map(({ entry, lane, tone, x }, at) => (
        // By its place: two entries may be alike, and none changes its place.
        <g key={at} className="dot" data-tone={tone}>
          {entry.what === "ended" ? (
            <rect x={x - RADIUS} y={y(lane) - RADIUS} width={2 * RADIUS} height={2 * RADIUS} rx={2} />
          ) : (
            <circle cx={x} cy={y(lane)} r={RADIUS} />
          )}
          <title>{`${titleOfEntry(entry)}: ${entry.detail}`}</title>
        </g>
      ))}
    </svg>
  );
}
