import { useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { mayAct, meQuery } from '../api/session.ts';
import { SectionTabs } from '../patterns/section-tabs.tsx';
import tabs from '../patterns/tab-links.module.css';

/** The pages of Compliance, as far as this person's role reaches. */
export function ComplianceTabs() {
  const { role } = useSuspenseQuery(meQuery).data.user;
  return (
    <SectionTabs label="Compliance">
      <Link to="/compliance/reviews" className={tabs.tab} activeOptions={{ includeSearch: false }}>
        Unclear replies
      </Link>
      <Link to="/compliance/do-not-call" className={tabs.tab} activeOptions={{ includeSearch: false }}>
        Do-not-call lists
      </Link>
      {mayAct(role, 'agent') ? (
        <Link to="/compliance/consents" className={tabs.tab} activeOptions={{ includeSearch: false }}>
          Consents
        </Link>
      ) : null}
      <Link to="/compliance/forms" className={tabs.tab} activeOptions={{ includeSearch: false }}>
        Opt-in forms
      </Link>
      {mayAct(role, 'manager') ? (
        <>
          <Link to="/compliance/evidence" className={tabs.tab} activeOptions={{ includeSearch: false }}>
            Evidence
          </Link>
          <Link to="/compliance/audit-log" className={tabs.tab} activeOptions={{ includeSearch: false }}>
            Audit log
          </Link>
        </>
      ) : null}
    </SectionTabs>
  );
}
