// The steps of a project, in their order. Each is { id, open(place, project) }: its address ends in #id, its name is the
// word step_id; open fills an empty element, and may return what is to be called when the step is left.

import { labels } from "./labels.js";
import { photos } from "./photos.js";

export const STEPS = [photos, labels];
