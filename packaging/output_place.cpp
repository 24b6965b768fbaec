#include "packaging/output_place.h"

#include "packaging/durable_output.h"
#include "payload/error.h"
#include "updater/file_system.h"

#include <algorithm>
#include <filesystem>

namespace lockstep {
namespace {

constexpr std::string_view page_start = "<!DOCTYPE html>"; // packaging/html_page.cpp

bool is_same_file(const std::string& one, const std::string& other) {
    std::error_code missing; // then they are two
    return one == other || std::filesystem::equivalent(one, other, missing);
}

bool is_page(const std::string& path) {
    const auto file = system_files().open(path);
    std::string start(std::min<std::uint64_t>(file->size(), page_start.size()), '\0');
    file->read(0, std::as_writable_bytes(std::span(start)));
    return start.empty() || start == page_start;
}

} // namespace

void require_place_for(const OutputPlace& place) {
    const auto refused = [&](const std::string& cause) {
        return Error(Code::wrong_usage, "write the " + place.noun, place.path, cause)
            .advise("Give it another name.");
    };
    require_folder_for(place.path);
    const auto there = system_files().status(place.path);
    if (there && there->kind == FileKind::folder) throw refused("it is a folder");
    if (there && there->kind == FileKind::other) throw refused("it is no plain file");
    if (there && there->kind == FileKind::file && !place.is_one(place.path))
        throw refused("a file is there already that is no " + place.noun + "; it was left as it is");
    for (const std::string& input : place.inputs)
        if (is_same_file(place.path, input) || is_same_file(place.path + ".new", input)) // see DurableOutput
            throw refused("it would be written over " + input +
                          ", which this command reads; that was left as it is");
}

void require_page_place(const std::string& path, const std::vector<std::string>& inputs) {
    if (!path.empty()) require_place_for({path, "page", is_page, inputs});
}

void require_folder_place(const std::string& path) {
    std::filesystem::path above = std::filesystem::absolute(path);
    while (!std::filesystem::exists(above) && above.has_relative_path()) above = above.parent_path();
    if (std::filesystem::is_directory(above)) return;
    throw Error(Code::wrong_usage, "write into the folder", path, above.string() + " is no folder")
        .advise("Give it another name.");
}

std::string empty_name_refusal(const std::string& name) {
    return name.empty() ? "names no file" : "";
}

} // namespace lockstep
