// Boxes, hits and shapes of board elements, in board units. No canvas, no document.

/** Height of one line of text in units, by the element's size. */
export const fontSize = (size) => 8 + size * 4;

/** Line height as a multiple of the font size. */
export const LINE = 1.3;

/** The box around an element, without its line width: `{x, y, w, h}`. */
export function bounds(element) {
    if (element.points) {
        let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
        for (let index = 0; index + 1 < element.points.length; index += 2) {
            left = Math.min(left, element.points[index]);
            right = Math.max(right, element.points[index]);
            top = Math.min(top, element.points[index + 1]);
            bottom = Math.max(bottom, element.points[index + 1]);
        }
        return left === Infinity ? { x: 0, y: 0, w: 0, h: 0 } : { x: left, y: top, w: right - left, h: bottom - top };
    }
    const { x = 0, y = 0, w = 0, h = 0 } = element;
    return { x: Math.min(x, x + w), y: Math.min(y, y + h), w: Math.abs(w), h: Math.abs(h) };
}

const boxes = new WeakMap();

/** The box around what is painted; kept, as elements are never changed in place. */
export function painted(element) {
    let box = boxes.get(element);
    if (!box) {
        box = grow(bounds(element), element.kind === "text" ? 2 : (element.size ?? 4) / 2 + 2);
        boxes.set(element, box);
    }
    return box;
}

/** The box that may be inked. A text's width is its author's: other fonts may be wider. */
export function inked(element) {
    const box = painted(element);
    return element.kind === "text" ? { ...box, w: box.w * 1.3 } : box;
}

/** A box made larger by `by` on every side. */
export function grow({ x, y, w, h }, by) {
    return { x: x - by, y: y - by, w: w + 2 * by, h: h + 2 * by };
}

/** The box around two boxes; either may be null. */
export function union(a, b) {
    if (!a || !b) return a ?? b;
    const x = Math.min(a.x, b.x);
    const y = Math.min(a.y, b.y);
    return { x, y, w: Math.max(a.x + a.w, b.x + b.w) - x, h: Math.max(a.y + a.h, b.y + b.h) - y };
}

/** The box around what is painted of some elements; null for none. */
export function around(elements) {
    return elements.map(painted).reduce(union, null);
}

/** Whether two boxes share a point. */
export function overlap(a, b) {
    return a.x <= b.x + b.w && b.x <= a.x + a.w && a.y <= b.y + b.h && b.y <= a.y + a.h;
}

/** Whether `inner` lies in `outer` completely. */
export function contains(outer, inner) {
    return inner.x >= outer.x && inner.y >= outer.y
        && inner.x + inner.w <= outer.x + outer.w && inner.y + inner.h <= outer.y + outer.h;
}

/** The box between two corners. */
export function boxOf(ax, ay, bx, by) {
    return { x: Math.min(ax, bx), y: Math.min(ay, by), w: Math.abs(bx - ax), h: Math.abs(by - ay) };
}

/** Whether a point is on an element, `slack` units around it counting too. */
export function hits(element, x, y, slack) {
    if (!overlap(grow(painted(element), slack), { x, y, w: 0, h: 0 })) return false;
    const reach = slack + (element.size ?? 4) / 2;
    const box = bounds(element);
    if (!overlap(grow(box, reach), { x, y, w: 0, h: 0 })) return false;
    if (element.points) return nearLine(element.points, x, y, reach);
    if (element.kind === "text" || element.fill) return true;
    if (element.kind === "ellipse") {
        const rx = Math.max(box.w / 2, 0.5);
        const ry = Math.max(box.h / 2, 0.5);
        const distance = Math.hypot((x - box.x - rx) / rx, (y - box.y - ry) / ry);
        return Math.abs(distance - 1) * Math.min(rx, ry) <= reach;
    }
    return !contains(grow(box, -reach), { x, y, w: 0, h: 0 });
}

function nearLine(points, x, y, reach) {
    if (points.length === 2) return Math.hypot(points[0] - x, points[1] - y) <= reach;
    for (let index = 0; index + 3 < points.length; index += 2) {
        if (toSegment(x, y, points[index], points[index + 1], points[index + 2], points[index + 3]) <= reach) return true;
    }
    return false;
}

/** The distance of a point to a segment. */
export function toSegment(x, y, ax, ay, bx, by) {
    const length = (bx - ax) ** 2 + (by - ay) ** 2;
    const share = length === 0 ? 0 : Math.max(0, Math.min(1, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length));
    return Math.hypot(x - ax - share * (bx - ax), y - ay - share * (by - ay));
}

/** The change that moves an element by `dx`, `dy`: the fields of a `patch`. */
export function moved(element, dx, dy) {
    if (element.points) return { points: element.points.map((value, index) => round(value + (index % 2 ? dy : dx))) };
    return { x: round(element.x + dx), y: round(element.y + dy) };
}

/** A coordinate as it is sent: one decimal is a tenth of a pixel at full size. */
export function round(value) {
    return Math.round(value * 10) / 10;
}

/** The other end of a shape, lightly snapped: to the axes and to squares, firmly while `firm` (shift) is held. */
export function snapped(kind, ax, ay, bx, by, firm) {
    const dx = bx - ax;
    const dy = by - ay;
    if (kind === "line") {
        const angle = Math.atan2(dy, dx);
        const step = firm ? Math.PI / 4 : Math.PI / 2;
        const nearest = Math.round(angle / step) * step;
        if (!firm && Math.abs(angle - nearest) > 0.045) return [bx, by];
        const length = Math.hypot(dx, dy);
        return [ax + Math.cos(nearest) * length, ay + Math.sin(nearest) * length];
    }
    const side = Math.max(Math.abs(dx), Math.abs(dy));
    if (!firm && Math.abs(Math.abs(dx) - Math.abs(dy)) > side * 0.04) return [bx, by];
    return [ax + Math.sign(dx || 1) * side, ay + Math.sign(dy || 1) * side];
}

/**
 * Fewer points for the same line (Ramer, Douglas and Peucker): none is further off than `tolerance`, and neighbours are
 * not much further apart than `longest`. Returns the indices that stay.
 */
export function simplified(points, tolerance, longest = Infinity) {
    const count = points.length / 2;
    const keep = new Uint8Array(count);
    keep[0] = keep[count - 1] = 1;
    const stack = [[0, count - 1]];
    while (stack.length > 0) {
        const [first, last] = stack.pop();
        let [worst, at] = [tolerance, -1];
        for (let index = first + 1; index < last; index += 1) {
            const distance = toSegment(points[2 * index], points[2 * index + 1], points[2 * first], points[2 * first + 1],
                points[2 * last], points[2 * last + 1]);
            if (distance > worst) [worst, at] = [distance, index];
        }
        if (at < 0) continue;
        keep[at] = 1;
        stack.push([first, at], [at, last]);
    }
    // Lines are drawn as curves through the middles of their segments: long segments would bend elsewhere than drawn.
    let before = 0;
    for (let index = 1; index < count; index += 1) {
        const gap = Math.hypot(points[2 * index] - points[2 * before], points[2 * index + 1] - points[2 * before + 1]);
        if (gap > longest) keep[index] = 1;
        if (keep[index]) before = index;
    }
    return Array.from(keep.keys()).filter((index) => keep[index]);
}
