// What an action refuses with, as a person reads it.
#pragma once

#include "payload/error.h"

#include <gtest/gtest.h>
#include <string>

namespace lockstep {

// Expects the error's code, and returns its message; "nothing was thrown" where nothing was.
template <typename Action> std::string refusal_of_action(Action action, Code code) {
    try {
        action();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), code);
        return error.what();
    }
    return "nothing was thrown";
}

} // namespace lockstep
