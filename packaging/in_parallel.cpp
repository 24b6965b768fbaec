#include "packaging/in_parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <thread>
#include <vector>

namespace lockstep {

void in_parallel(std::size_t count, const std::function<void(std::size_t)>& work) {
    std::atomic<std::size_t> next = 0;
    std::atomic<bool> failed = false;
    std::vector<std::exception_ptr> errors(count);
    const auto run = [&] {
        for (std::size_t number = next++; number < count && !failed; number = next++) {
            try {
                work(number);
            } catch (...) {
                errors[number] = std::current_exception();
                failed = true;
            }
        }
    };
    {
        std::vector<std::jthread> threads;
        const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
        for (std::size_t i = 1; i < std::min(cores, count); ++i) threads.emplace_back(run);
        run();
    }
    const auto error = std::ranges::find_if(errors, [](const auto& each) { return each != nullptr; });
    if (error != errors.end()) std::rethrow_exception(*error);
}

} // namespace lockstep
