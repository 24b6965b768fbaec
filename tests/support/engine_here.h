// The engine itself in this process, over whichever files: for tests that watch or end it.
#pragma once

#include "updater/file_system.h"

#include <string>

namespace lockstep {

enum class EngineCommand { update, rollback, recover };

struct EngineRun {
    EngineCommand command = EngineCommand::update;
    std::string root;
    std::string bundle;
    std::string key;           // the file of the public key to trust
    std::string executable;    // what is installed as the engine; the real one where it is empty
    bool side_by_side = false; // the same calls in the same order each time, unless this is set
};

// Returns the exit code, and says on stderr what came of it.
int perform_engine(const EngineRun& engine, FileSystem& files);

} // namespace lockstep
