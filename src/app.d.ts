/// <reference types="trusted-types" />
/// <reference types="web-bluetooth" />
declare global {
	namespace App {
		interface Locals {
			/** Names the request in the log and in the answer's `x-request-id`. */
			requestId?: string;
		}
	}
}

export {};
