// A folder of its own for each test, removed with everything in it.
#pragma once

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace lockstep {

class TemporaryFolder {
  public:
    TemporaryFolder()
        : path_((std::filesystem::temp_directory_path() / "lockstep-test-XXXXXX").generic_string()) {
        if (!make()) throw std::runtime_error("no temporary folder");
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    const std::string& path() const { return path_; }
    std::string operator/(const std::string& name) const { return path_ + "/" + name; }

  private:
#ifdef _WIN32
    bool make() { // there is no mkdtemp()
        const auto now = std::chrono::system_clock::now().time_since_epoch().count();
        path_.replace(path_.size() - 6, 6, std::to_string(now));
        return std::filesystem::create_directory(path_);
    }
#else
    bool make() {
        return ::mkdtemp(path_.data()) != nullptr;
    }
#endif
    std::string path_;
};

// What `call` throws, as a person reads it; empty where it throws nothing.
template <typename ErrorType, typename Call> std::string message_of(Call call) {
    try {
        call();
    } catch (const ErrorType& error) {
        return error.what();
    }
    return {};
}

} // namespace lockstep
