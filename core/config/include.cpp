// SPDX-License-Identifier: Apache-2.0
#include "core/config/include.hpp"

#include <algorithm>
#include <system_error>
#include <utility>
#include <vector>

#include "core/config/document_tree.hpp"
#include "core/config/fields.hpp"
#include "core/config/overlay.hpp"
#include "core/config/path_text.hpp"

namespace mtc::config {
namespace {

namespace fs = std::filesystem;

struct IncludeName {
  std::string text;
  Place place;
};

Result<std::vector<IncludeName>> names_of(const Node& root) {
  const Fields fields(root, "");
  MTC_ASSIGN(const auto texts, fields.texts("include"));
  const Node* node = root.find("include");
  std::vector<IncludeName> names;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    names.push_back({texts[i], node->kind == Node::Kind::list ? node->children[i].place : node->place});
  }
  return names;
}

void set_folder(Node& node, const std::string& folder) {
  node.folder = folder;
  for (Node& child : node.children) set_folder(child, folder);
}

/// The chain of files from the pipeline to the one at work, and how many files were read.
class Includer {
 public:
  explicit Includer(const fs::path& file) {
    std::error_code code;
    if (!file.empty()) chain_.emplace_back(file, fs::canonical(file, code));
  }

  Result<void> expand(Node& root, const fs::path& folder) {
    MTC_ASSIGN(const auto names, names_of(root));
    std::erase_if(root.children, [](const Node& child) { return child.key == "include"; });
    if (names.empty()) return {};
    Node base;
    for (const IncludeName& name : names) {
      MTC_ASSIGN(Node included, load(name, folder));
      lay_over(base, std::move(included));
    }
    base.place = root.place;
    lay_over(base, std::move(root));
    root = std::move(base);
    return {};
  }

 private:
  Result<Node> load(const IncludeName& name, const fs::path& folder) {
    MTC_ASSIGN(const std::string text, expand_variables(name.text, name.place));
    const fs::path file = (folder / text).lexically_normal();
    std::error_code code;
    const fs::path identity = fs::canonical(file, code);
    if (code || !fs::is_regular_file(identity, code)) {
      return Error{Code::not_found, "the included file '" + file.string() + "' does not exist", name.place,
                   "names in include count from the folder of the file that they stand in"};
    }
    MTC_TRY(check_chain(file, identity, name.place));
    auto root = read_toml(file);
    if (!root) return unreadable(root.error(), file, name.place);
    MTC_TRY(check_document(*root));
    MTC_ASSIGN(const auto own_folder, absolute_folder(file.parent_path()));
    set_folder(*root, own_folder.string());
    chain_.emplace_back(file, identity);
    MTC_TRY(expand(*root, file.parent_path()));
    chain_.pop_back();
    return root;
  }

  Result<void> check_chain(const fs::path& file, const fs::path& identity, const Place& place) {
    const auto known = std::ranges::find(chain_, identity, &std::pair<fs::path, fs::path>::second);
    if (known != chain_.end()) {
      std::string cycle;
      for (auto at = known; at != chain_.end(); ++at) cycle += at->first.string() + " -> ";
      return invalid(place, "files include each other in a cycle: " + cycle + file.string(),
                     "take one of these names out of its include");
    }
    if (chain_.size() >= kMaxIncludeDepth) {
      return invalid(place,
                     "files include each other more than " + std::to_string(kMaxIncludeDepth) + " deep",
                     "name what is needed in fewer steps");
    }
    if (++read_ <= kMaxIncludes) return {};
    return invalid(place, "the pipeline includes more than " + std::to_string(kMaxIncludes) + " files",
                   "name each file once");
  }

  /// Bad TOML has its place; a file that cannot be read is reported where it is named.
  static Error unreadable(Error error, const fs::path& file, const Place& place) {
    if (error.code == Code::invalid_argument) return error;
    error.message = "the included file '" + file.string() + "' cannot be read: " + error.message;
    error.where = place;
    return error;
  }

  std::vector<std::pair<fs::path, fs::path>> chain_;  ///< As named, and its canonical path.
  std::size_t read_ = 0;
};

}  // namespace

Result<void> apply_includes(Node& root, const fs::path& file, const fs::path& folder) {
  return Includer(file).expand(root, folder);
}

}  // namespace mtc::config
