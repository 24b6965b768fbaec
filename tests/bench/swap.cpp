// First rename to commit, against the bare renames and folder syncs; and recovery with nothing to do.
#include "tests/bench/figures.h"
#include "updater/file_system.h"

#include <filesystem>

namespace lockstep {
namespace {

constexpr int changed_files = 500;
constexpr int folders = 10;

std::string path_of(int number) {
    return "files/" + std::to_string(number % folders) + "/" + std::to_string(number) + ".dat";
}

// The same renames on the same volume, and each folder that they touch synced once; the database's and its
// own first, as the swap does.
double bare_seconds(const std::string& work) {
    FileSystem& files = system_files();
    std::filesystem::create_directories(work + "/slots");
    write_file(work + "/live/data/register.db", "old");
    write_file(work + "/slots/main.db", "new");
    for (int i = 0; i < changed_files; ++i) {
        write_file(work + "/live/" + path_of(i), "old");
        write_file(work + "/slots/" + std::to_string(i), "new");
    }
    files.sync_volume(work);
    const double seconds = seconds_of([&] {
        files.exchange(work + "/live/data/register.db", work + "/slots/main.db");
        files.sync_folder(work + "/live/data");
        files.sync_folder(work + "/slots");
        for (int i = 0; i < changed_files; ++i)
            files.exchange(work + "/live/" + path_of(i), work + "/slots/" + std::to_string(i));
        files.sync_folder(work + "/slots");
        for (int i = 0; i < folders; ++i) files.sync_folder(work + "/live/files/" + std::to_string(i));
    });
    std::filesystem::remove_all(work);
    return seconds;
}

} // namespace

void measure_swap(const Scale& scale) {
    Workshop workshop;
    for (const std::string version : {"1.0.0", "1.1.0"})
        for (int i = 0; i < changed_files; ++i)
            write_file(workshop / ("app-" + version + "/" + path_of(i)),
                       version + " of " + std::to_string(i));
    const std::string bundle = workshop.bundle(workshop / "release-1.1.0.toml");
    const int times = scale.small ? 3 : 9;
    int number = 0;
    const double swapped = best_of(times, [&] {
        const std::string root = workshop.install("field-" + std::to_string(number++));
        return number_in(must_succeed(workshop.apply(root, bundle, {"--json"}), "swap").out, "swap_ms");
    });
    const double bare = best_of(times, [&] { return bare_seconds(workshop / "bare") * 1000; });
    print_figure("first rename to commit, 500 changed files and a database", text_of(swapped, "ms"),
                 text_of(bare, "ms for the bare renames and folder syncs"), swapped / bare, 3);
}

void measure_recover(const Scale& scale) {
    Workshop workshop;
    const std::string root = workshop.install("field");
    must_succeed(workshop.apply(root, workshop.bundle(workshop / "release-1.1.0.toml")), "update");
    const double seconds = best_of(scale.small ? 11 : 51, [&] {
        return must_succeed(workshop.update(root, {"recover", "--silent"}), "recover").seconds;
    });
    const double nothing = best_of(scale.small ? 11 : 51, [&] { return run({"/bin/true"}).seconds; });
    print_figure("update recover with nothing to do", text_of(seconds * 1000, "ms"), "10 ms", seconds / 0.01,
                 1);
    print_figure("    a program that does nothing", text_of(nothing * 1000, "ms"), "10 ms", nothing / 0.01,
                 1);
}

} // namespace lockstep
