import { useMediaQuery } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { conversationQuery } from '../api/inbox.ts';
import { formatPhone } from '../patterns/format.ts';
import { Loaded } from '../patterns/loaded.tsx';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import { usePageTitle } from '../patterns/page-title.ts';
import classes from './conversation-pane.module.css';
import { OpenConversation } from './open-conversation.tsx';

const route = getRouteApi('/shell/inbox/$conversationId');
/** From 1,200 px on the person has a pane of their own. */
const WIDE_QUERY = '(min-width: 75em)';

export function ConversationPane() {
  const { conversationId } = route.useParams();
  const wide = useMediaQuery(WIDE_QUERY, undefined, { getInitialValueInEffect: false });
  const query = useQuery(conversationQuery(conversationId));
  usePageTitle(query.data === undefined ? undefined : formatPhone(query.data.name));
  return (
    <div className={classes.pane}>
      <Loaded query={query} what="The conversation could not be loaded" skeleton={<PaneSkeleton />}>
        {(conversation) => <OpenConversation key={conversation.id} conversation={conversation} wide={wide} />}
      </Loaded>
    </div>
  );
}

function PaneSkeleton() {
  return (
    <div className={classes.skeleton}>
      <LoadingSkeleton shape="detail" />
    </div>
  );
}
