import { Link } from '@tanstack/react-router';
import { SectionTabs } from '../patterns/section-tabs.tsx';
import tabs from '../patterns/tab-links.module.css';

/** The pages of Compliance. */
export const ComplianceTabs = () => (
  <SectionTabs label="Compliance">
    <Link to="/compliance/audit" className={tabs.tab} activeOptions={{ includeSearch: false }}>
      Audit log
    </Link>
  </SectionTabs>
);
