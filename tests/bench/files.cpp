// Ten thousand files: memory, staging, and an update that finds itself up to date.
#include "payload/digest.h"
#include "tests/bench/figures.h"
#include "updater/file_system.h"

#include <filesystem>

namespace lockstep {
namespace {

constexpr int file_bytes = 4096;

std::string content_of(int number) {
    std::string content = sha256(bytes_of(std::to_string(number)));
    while (content.size() < file_bytes) content += content;
    return content;
}

std::string path_of(int number) {
    return "files/" + std::to_string(number % 100) + "/" + std::to_string(number) + ".dat";
}

// What a program does that doesn't collect its syncs.
double seconds_with_one_sync_per_file(const std::string& folder, int count) {
    FileSystem& files = system_files();
    files.make_folder(folder, 0700);
    return seconds_of([&] {
        for (int i = 0; i < count; ++i) {
            const auto file = files.create(folder + "/" + std::to_string(i), 0644);
            const std::string content = content_of(i);
            file->write(bytes_of(content));
            file->sync();
        }
        files.sync_folder(folder);
    });
}

double seconds_to_hash(const std::string& root) {
    return seconds_of([&] {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(root))
            if (entry.is_regular_file() && entry.path().string().find("/.lockstep/") == std::string::npos)
                sha256(*system_files().open(entry.path().string()));
    });
}

void measure_staging(const Workshop& workshop, const std::string& report, int count) {
    const double staged =
        phase_seconds(report, "stage") + phase_seconds(report, "swap") - number_in(report, "swap_ms") / 1000;
    const double singly = seconds_with_one_sync_per_file(workshop / "synced", count);
    print_figure("staging " + std::to_string(count) + " files, one sync", text_of(staged, "s"),
                 text_of(singly, "s with a sync for each file"), staged / singly, 1);
}

void measure_up_to_date(const Workshop& workshop, const std::string& root, const std::string& bundle) {
    const double hashing = best_of(5, [&] { return seconds_to_hash(root); });
    const double update = best_of(
        5, [&] { return must_succeed(workshop.apply(root, bundle, {"--silent"}), "up to date").seconds; });
    print_figure("update when already up to date", text_of(update * 1000, "ms"),
                 "100 ms + hashing of the tree, " + text_of(hashing * 1000, "ms"), update / (0.1 + hashing),
                 1);
}

} // namespace

void measure_files(const Scale& scale) {
    const int count = scale.small ? 500 : 10'000;
    Workshop workshop;
    for (int i = 0; i < count; ++i) write_file(workshop / ("app-1.1.0/" + path_of(i)), content_of(i));
    const std::string bundle = workshop.bundle(workshop / "release-1.1.0.toml");
    const std::string root = workshop.install("field");
    const Ran ran = must_succeed(workshop.apply(root, bundle, {"--json"}), "many files");
    print_memory("a bundle of " + std::to_string(count) + " files", ran);
    measure_staging(workshop, ran.out, count);
    measure_up_to_date(workshop, root, bundle);
}

} // namespace lockstep
