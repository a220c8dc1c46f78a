/// <reference types="trusted-types" />
/// <reference types="web-bluetooth" />
declare global {
	namespace App {}
}

export {};
