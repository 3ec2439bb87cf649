// How long each stage took: half of all took no longer than the first mark, and 99 of 100 no longer than the second. The
// scale is logarithmic, because a stage takes from a millisecond to an hour.
import type { Stage, Stats } from "@taskwire/client/admin";
import { onLog } from "./chart.ts";
import { count, took } from "./figures.ts";
import { STAGES } from "./stages.ts";

export function StageChart({ stages }: Pick<Stats, "stages">) {
  const names = Object.keys(STAGES) as Stage[];
  const longest = Math.max(1000, ...names.map((stage) => stages[stage]?.p99 ?? 0));
  const at = (ms: number): string => `${(2 + onLog(ms, 1, longest) * 96).toFixed(2)}%`;
  return (
    <table className="stages" data-testid="stages">
      <thead>
        <tr>
          <th scope="col">Stage</th>
          <td aria-hidden="true" />
          <th scope="col" className="log-number">
            <abbr title="Half took no longer">p50</abbr>
          </th>
          <th scope="col" className="log-number">
            <abbr title="99 of 100 took no longer">p99</abbr>
          </th>
        </tr>
      </thead>
      <tbody>
        {names.map((stage) => {
          const { p50 = null, p99 = null, count: counted = 0 } = stages[stage] ?? {};
          const { name, means } = STAGES[stage];
          return (
            <tr key={stage}>
              <th scope="row" title={means}>
                {name}
                <span className="visually-hidden">
                  : {means}, {count(counted)} times
                </span>
              </th>
              <td className="stage-drawing">
                <svg width="100%" height="22" aria-hidden="true">
                  <line className="rule" x1="0" x2="100%" y1="11" y2="11" />
                  {p50 !== null && p99 !== null && (
                    <>
                      <line className="stage-range" x1={at(p50)} x2={at(p99)} y1="11" y2="11" />
                      <circle className="stage-middle" cx={at(p50)} cy="11" r="5" />
                      <circle className="stage-end" cx={at(p99)} cy="11" r="4" />
                    </>
                  )}
                </svg>
              </td>
              <td className="log-number">{p50 === null ? "–" : took(p50)}</td>
              <td className="log-number">{p99 === null ? "–" : took(p99)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
