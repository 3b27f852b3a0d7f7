import { lazyRouteComponent, type RouteComponent } from '@tanstack/react-router';

/**
 * The component `name` of a file that is fetched when its route is first wanted. Types only the names of the file: a page reads its own
 * route's parameters, so looking into its type here would go round in a circle and leave every address untyped.
 */
export const lazyPage = <File extends object>(load: () => Promise<File>, name: keyof File & string): RouteComponent =>
  lazyRouteComponent(load as () => Promise<Record<string, RouteComponent>>, name);
