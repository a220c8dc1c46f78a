import { theServer } from '$lib/server/context.ts';
import { health } from '$lib/server/health.ts';
import type { RequestHandler } from './$types';

export const trailingSlash = 'ignore';

export const GET: RequestHandler = () => health(theServer());
