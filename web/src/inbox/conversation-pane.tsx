import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { conversationQuery } from '../api/inbox.ts';
import { Loaded } from '../patterns/loaded.tsx';
import { usePageTitle } from '../patterns/page-title.ts';

const route = getRouteApi('/shell/inbox/$conversationId');

export function ConversationPane() {
  const { conversationId } = route.useParams();
  const query = useQuery(conversationQuery(conversationId));
  usePageTitle(query.data?.name);
  return (
    <Loaded query={query} what="The conversation could not be loaded">
      {(conversation) => <h2>{conversation.name}</h2>}
    </Loaded>
  );
}
