// A drafted migration as SQL.
#pragma once

#include "packaging/draft_plan.h"

#include <string>
#include <vector>

namespace lockstep {

// What a person must decide before the script may run; empty where it runs as it stands.
std::vector<std::string> open_decisions(const DraftPlan& plan);

// `head`: lines for the reader at the top, written as comments.
std::string draft_script(const DraftInput& input, const DraftPlan& plan, const std::string& head);

// Adds to the plan, where the statement at this line of its script stands, what a person must decide.
void open_at(const DraftInput& input, DraftPlan& plan, const std::string& head, int line,
             const std::string& decision);

// Lines as comments.
std::string as_comment(const std::string& text);

} // namespace lockstep
