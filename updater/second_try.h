// An error of a disk may have passed at the second time. For what can be repeated, before a person is asked
// for.
#pragma once

#include "payload/error.h"

namespace lockstep {

template <typename Attempt> auto with_second_try(Attempt attempt) {
    try {
        return attempt();
    } catch (const Error& error) {
        if (error.code() == Code::busy) throw; // that passes by what somebody does
    }
    return attempt();
}

} // namespace lockstep
