/**
 * The protocol's numbers (Centrifugo client protocol v2) and what they mean for a client.
 */

/** Codes this client makes itself, as the reference SDK numbers them. */
export const CONNECTING = Object.freeze({ called: 0, transportClosed: 1, noPing: 2, subscribeTimeout: 3 });
export const DISCONNECTED = Object.freeze({ called: 0, unauthorized: 1, badProtocol: 2, messageSizeLimit: 3 });
export const SUBSCRIBING = Object.freeze({ called: 0, transportClosed: 1 });
export const UNSUBSCRIBED = Object.freeze({ called: 0, unauthorized: 1, clientClosed: 2 });
export const ERROR = Object.freeze({
    timeout: 1, transportClosed: 2, disconnected: 3, unsubscribed: 7, connectToken: 5, refreshToken: 6, badReply: 13,
});

/** The server's error code for an expired token. */
export const TOKEN_EXPIRED = 109;

/** The WebSocket close code for a message that was too big; coming back would only repeat it. */
const MESSAGE_TOO_BIG = 1009;

/** Whether a close or disconnect code means "do not come back". */
export function isTerminal(code) {
    return (code >= 3500 && code < 4000) || (code >= 4500 && code < 5000) || code === MESSAGE_TOO_BIG;
}

/** Whether an unsubscribe push asks for a new subscribe (2500 and above) rather than ending the subscription. */
export function asksResubscribe(code) {
    return code >= 2500;
}

/** Why a command has no result: a protocol error, a timeout, or a lost connection. */
export class LiveError extends Error {
    /** @param {boolean} temporary whether the same command may succeed later */
    constructor(code, message, temporary) {
        super(message);
        this.name = "LiveError";
        this.code = code;
        this.temporary = temporary;
    }
}
