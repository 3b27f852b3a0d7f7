import { lazy, Suspense, useState } from 'react';
import type { Campaign } from '../api/campaigns.ts';
import { MoreButton } from './more-button.tsx';

const DraftMenu = lazy(() => import('./draft-menu.tsx'));

export function DraftControls({ campaign }: { readonly campaign: Campaign }) {
  const [menuWanted, setMenuWanted] = useState(false);
  if (!menuWanted)
    return <MoreButton what="draft" aria-haspopup="menu" aria-expanded={false} onClick={() => setMenuWanted(true)} />;
  return (
    <Suspense fallback={<MoreButton what="draft" />}>
      <DraftMenu campaign={campaign} />
    </Suspense>
  );
}
