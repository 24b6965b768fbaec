// Databases for the tests of schema, migration and checks: real files in a folder that goes with the test.
#pragma once

#include "payload/sqlite.h"

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace lockstep {

class TestFolder {
  public:
    TestFolder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "lockstep-XXXXXX").string();
        if (!::mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder");
        path_ = pattern;
    }
    ~TestFolder() {
        std::error_code ignored; // a folder left behind in /tmp fails no test
        std::filesystem::remove_all(path_, ignored);
    }
    TestFolder(const TestFolder&) = delete;
    TestFolder& operator=(const TestFolder&) = delete;

    std::string path(const std::string& name) const { return (path_ / name).string(); }
    Database database(const std::string& name, const std::string& sql) const {
        Database made(path(name), OpenMode::create);
        made.run(sql);
        return made;
    }

  private:
    std::filesystem::path path_;
};

// What the Error thrown by `action` says, or "no error".
template <typename Action> std::string message_of(Action action) {
    try {
        action();
    } catch (const Error& error) {
        return error.what();
    }
    return "no error";
}

template <typename Action> Code code_of(Action action) {
    try {
        action();
    } catch (const Error& error) {
        return error.code();
    }
    return Code::ok;
}

} // namespace lockstep
