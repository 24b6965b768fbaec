// Cancelling without a console: what cancel_requested() says, set by the window.
#pragma once

namespace lockstep {

// Asked between the engine's steps, never during the swap. False: before a second try.
void ask_to_cancel(bool asked);

} // namespace lockstep
