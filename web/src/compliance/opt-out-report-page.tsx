import { Button } from '@mantine/core';
import { IconDownload, IconHandStop } from '@tabler/icons-react';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { type OptOutRate, optOutReportQuery, optOutsFile, type ReportQuery } from '../api/compliance.ts';
import { mayAct, meQuery } from '../api/session.ts';
import { EmptyState } from '../patterns/empty-state.tsx';
import { type Filter, FilterChips, type FilterOption } from '../patterns/filter-chips.tsx';
import { formatCount, formatRate, plural } from '../patterns/format.ts';
import { LinkRow, LinkRows } from '../patterns/link-rows.tsx';
import { Loaded } from '../patterns/loaded.tsx';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import { Page, PageHeader, Section } from '../patterns/page.tsx';
import { ICON_STROKE } from '../theme.ts';
import { ComplianceTabs } from './compliance-tabs.tsx';
import { RateTable } from './rate-table.tsx';
import { WayTable } from './way-table.tsx';

const route = getRouteApi('/shell/compliance/opt-out-report');

const SIDES = {
  campaign: 'Campaign',
  variant: 'Variant',
  lane: 'Number',
  state: 'State',
  hour: 'Hour of the text',
  day: 'Day of the text',
} as const;
const DAYS = { '7': '7 days', '90': '90 days', '366': 'A year' } as const;

/** What the report can be narrowed to: whatever texts of these days went out with. */
function useChoices(days: number) {
  const named = ({ key, name }: OptOutRate): FilterOption => ({ value: key, label: name ?? key });
  const of = (rates: readonly OptOutRate[] | undefined) => rates ?? [];
  const campaigns = of(useQuery(optOutReportQuery({ by: 'campaign', days })).data?.rates).map(named);
  const lanes = of(useQuery(optOutReportQuery({ by: 'lane', days })).data?.rates).map(named);
  const places = of(useQuery(optOutReportQuery({ by: 'state', days })).data?.rates);
  const states = new Set(places.flatMap(({ key }) => (key === '' ? [] : key.split(','))));
  return { campaigns, lanes, states: [...states].toSorted().map((value) => ({ value, label: value })) };
}

/** How many people our texts have driven away, and what the carriers make of it. */
export function OptOutReportPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { role } = useSuspenseQuery(meQuery).data.user;
  const days = Number(search.days ?? 30);
  const filters: ReportQuery = {
    by: search.by === undefined || search.by === '' ? 'campaign' : search.by,
    days,
    ...(search.state === undefined ? {} : { state: search.state }),
    ...(search.campaign === undefined ? {} : { campaignId: search.campaign }),
    ...(search.lane === undefined ? {} : { laneId: search.lane }),
  };
  const query = useQuery(optOutReportQuery(filters));
  const choices = useChoices(days);
  const isNarrowed = [search.days, search.campaign, search.lane, search.state].some((value) => value !== undefined);
  const total = query.data?.total;
  const chips: readonly Filter[] = [
    {
      name: 'by',
      label: 'By',
      value: search.by,
      options: Object.entries(SIDES)
        .filter(([value]) => value !== 'campaign')
        .map(([value, label]) => ({ value, label })),
    },
    {
      name: 'days',
      label: 'Time',
      value: search.days,
      options: Object.entries(DAYS).map(([value, label]) => ({ value, label })),
    },
    { name: 'campaign', label: 'Campaign', value: search.campaign, options: choices.campaigns },
    { name: 'lane', label: 'Number', value: search.lane, options: choices.lanes },
    { name: 'state', label: 'State', value: search.state, options: choices.states },
  ];
  return (
    <Page width="start">
      <ComplianceTabs />
      <PageHeader
        title="Opt-out report"
        summary={
          total === undefined
            ? '\u00a0'
            : total.texts === 0
              ? `No campaign text went out in ${days} days`
              : `${plural(total.optOuts, 'opt-out', 'opt-outs')} from ${plural(total.texts, 'text', 'texts')} of ${days} days, ${formatRate(total.optOuts, total.texts)}`
        }
        actions={
          mayAct(role, 'manager') ? (
            <Button
              component="a"
              variant="default"
              href={optOutsFile(filters)}
              download
              leftSection={<IconDownload size={16} stroke={ICON_STROKE} aria-hidden />}
            >
              Opt-outs as CSV
            </Button>
          ) : null
        }
      />
      <FilterChips
        filters={chips}
        onChange={(name, value) => void navigate({ search: (before) => ({ ...before, [name]: value }), replace: true })}
      />
      <Loaded
        query={query}
        what="The report could not be loaded"
        skeleton={<LoadingSkeleton shape="pairs" count={6} />}
      >
        {({ by, rates, levels, byWay }) => (
          <>
            {rates.length === 0 ? (
              <EmptyState icon={IconHandStop} title="No campaign text in this time">
                {isNarrowed
                  ? 'Take filters off to see more.'
                  : 'As soon as campaigns send, this shows how many people their texts drive away.'}
              </EmptyState>
            ) : (
              <Section
                title={`By ${SIDES[by].toLowerCase()}`}
                note={`An opt-out counts for the text before it, within 7 days. Of fewer than ${formatCount(levels.textsMin)} texts a rate says nothing. Levels: ${levels.source}`}
              >
                <RateTable head={SIDES[by]} by={by} rates={rates} levels={levels} />
              </Section>
            )}
            {byWay.length === 0 ? null : (
              <Section
                title="How they came"
                note="All opt-outs that came in during this time, and how long it took to obey"
              >
                <WayTable byWay={byWay} />
              </Section>
            )}
          </>
        )}
      </Loaded>
      <AlsoSeen />
    </Page>
  );
}

const AlsoSeen = () => (
  <Section title="From elsewhere" note="Opt-outs that do not come by a text to us.">
    <LinkRows>
      <LinkRow
        link={(className) => (
          <Link to="/compliance/opt-out-report/differences" className={className}>
            Provider differences
          </Link>
        )}
        second="Found each night, and by each refusal"
        outcome="Whom a provider refuses because of a list of its own, and how it came that we did not know."
        state={null}
      />
      <LinkRow
        link={(className) => (
          <Link to="/compliance/opt-out-report/import" className={className}>
            Import opt-outs
          </Link>
        )}
        second="A file, or pasted numbers"
        outcome="Whoever asked another system, or you in person, not to be texted."
        state={null}
      />
    </LinkRows>
  </Section>
);
