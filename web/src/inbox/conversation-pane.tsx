import { Button, VisuallyHidden } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconMessages } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { conversationQuery } from '../api/inbox.ts';
import { isProblem } from '../api/problem.ts';
import { EmptyState } from '../patterns/empty-state.tsx';
import { formatPhone } from '../patterns/format.ts';
import { Loaded } from '../patterns/loaded.tsx';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import { usePageTitle } from '../patterns/page-title.ts';
import classes from './conversation-pane.module.css';
import { OpenConversation, SIDE_BY_SIDE_QUERY } from './open-conversation.tsx';

const route = getRouteApi('/shell/inbox/$conversationId');
/** From 1,200 px on the person has a pane of their own. */
const WIDE_QUERY = '(min-width: 75em)';

export function ConversationPane() {
  const { conversationId } = route.useParams();
  const wide = useMediaQuery(WIDE_QUERY, undefined, { getInitialValueInEffect: false });
  const sideBySide = useMediaQuery(SIDE_BY_SIDE_QUERY, undefined, { getInitialValueInEffect: false });
  const query = useQuery(conversationQuery(conversationId));
  usePageTitle(query.data === undefined ? undefined : formatPhone(query.data.name));
  return (
    <div className={classes.pane}>
      {query.data === undefined && !sideBySide ? <VisuallyHidden component="h1">Conversation</VisuallyHidden> : null}
      {isProblem(query.error, 404) ? (
        <NoSuchConversation />
      ) : (
        <Loaded query={query} what="The conversation could not be loaded" skeleton={<PaneSkeleton />}>
          {(conversation) => <OpenConversation key={conversation.id} conversation={conversation} wide={wide} />}
        </Loaded>
      )}
    </div>
  );
}

const NoSuchConversation = () => (
  <EmptyState
    icon={IconMessages}
    title="No such conversation"
    actions={
      <Button variant="default" renderRoot={(props) => <Link to="/inbox" search={{ view: 'all' }} {...props} />}>
        All conversations
      </Button>
    }
  >
    This address leads to no conversation.
  </EmptyState>
);

function PaneSkeleton() {
  return (
    <div className={classes.skeleton}>
      <LoadingSkeleton shape="detail" />
    </div>
  );
}
