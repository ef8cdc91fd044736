// The steps of a project, in their order. Each is { id, open(place, project) }: its address ends in #id, its name is the
// word step_id; open fills an empty element, and may return what is to be called when the step is left.

import { judge } from "./judge.js";
import { labels } from "./labels.js";
import { look } from "./look.js";
import { makes } from "./make.js";
import { next } from "./next.js";
import { photos } from "./photos.js";

export const STEPS = [photos, labels, makes, look, judge, next];
