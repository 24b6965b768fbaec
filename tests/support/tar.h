// Archives as Lockstep never makes them, byte by byte (POSIX ustar).
#pragma once

#include <cstdint>
#include <string>

namespace lockstep {

// Where a header says more or less than what follows it: `size`.
inline std::string tar_header(const std::string& name, char type, std::uint64_t size,
                              const std::string& link = "") {
    std::string header(512, '\0');
    const auto put = [&](std::size_t place, const std::string& text) {
        header.replace(place, text.size(), text);
    };
    const auto octal = [](std::uint64_t number) {
        std::string digits;
        for (int i = 0; i < 11; ++i, number /= 8)
            digits.insert(digits.begin(), static_cast<char>('0' + number % 8));
        return digits;
    };
    put(0, name.substr(0, 100));
    put(100, "0000644");
    put(124, octal(size));
    put(148, "        "); // the checksum counts itself as spaces
    header[156] = type;
    put(157, link);
    put(257, std::string("ustar\0"
                         "00",
                         8));
    std::size_t sum = 0;
    for (const char c : header) sum += static_cast<unsigned char>(c);
    put(148, octal(sum).substr(4) + " ");
    return header;
}

inline std::string tar_entry(const std::string& name, char type, const std::string& content,
                             const std::string& link = "") {
    return tar_header(name, type, content.size(), link) + content +
           std::string((512 - content.size() % 512) % 512, '\0');
}

// "LENGTH KEY=VALUE\n", the length counting itself.
inline std::string pax_record(const std::string& key, const std::string& value) {
    const std::size_t rest = key.size() + value.size() + 3;
    std::size_t length = rest + std::to_string(rest).size();
    if (std::to_string(length).size() > std::to_string(rest).size()) ++length;
    return std::to_string(length) + " " + key + "=" + value + "\n";
}

inline std::string tar_end() {
    return std::string(1024, '\0');
}

} // namespace lockstep
