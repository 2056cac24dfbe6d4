// SPDX-License-Identifier: Apache-2.0
#include "core/config/document_tree.hpp"

#include <system_error>
#include <utility>

#include "core/config/fields.hpp"
#include "core/config/include.hpp"
#include "core/config/overlay.hpp"

namespace mtc::config {
namespace {

constexpr std::int64_t kFormat = 1;

Result<void> check_format(const Node& root) {
  const Fields fields(root, "");
  if (!fields.has("mtc")) {
    return invalid(root.place, "mtc = 1 is missing: this is not a pipeline file",
                   "begin the file with mtc = 1");
  }
  MTC_ASSIGN(const std::int64_t format, fields.integer("mtc", kFormat));
  if (format == kFormat) return {};
  return invalid(fields.place("mtc"),
                 "the file has format " + std::to_string(format) + "; this mtc reads format 1",
                 "use mtc = 1, or the mtc that the file was written for");
}

/// What lies under a table would hide that it is none.
Result<void> check_section(const Node& node) {
  if (node.key == "mtc" || node.key == "include" || node.kind == Node::Kind::table) return {};
  return invalid(node.place, node.key + " must be a table, but is " + node.type_name(),
                 "write [" + node.key + ".NAME]");
}

}  // namespace

Result<std::filesystem::path> absolute_folder(const std::filesystem::path& folder) {
  std::error_code code;
  const auto path = std::filesystem::absolute(folder.empty() ? "." : folder, code);
  if (code)
    return Error{Code::unavailable, "the current folder cannot be read: " + code.message(), folder.string(),
                 "change to a folder that exists"};
  auto normal = path.lexically_normal();
  return normal.has_filename() ? normal : normal.parent_path();  // Without a slash at the end.
}

Result<void> check_document(const Node& root) {
  if (root.children.empty()) {
    return invalid(root.place, "the file is empty", "begin with mtc = 1 and a [stage.NAME]");
  }
  MTC_TRY(check_format(root));
  MTC_TRY(Fields(root, "").only({"mtc", "include", "model", "data", "stage", "profile"}));
  for (const Node& child : root.children) MTC_TRY(check_section(child));
  return {};
}

Result<Node> assemble(Node root, const std::filesystem::path& file, const std::filesystem::path& folder,
                      const LoadOptions& options) {
  MTC_TRY(check_document(root));
  MTC_TRY(apply_includes(root, file, folder));
  MTC_TRY(apply_profile(root, options.profile));
  std::erase_if(root.children, [](const Node& child) { return child.key == "profile"; });
  MTC_TRY(apply_overrides(root, options.overrides));
  return root;
}

Result<Node> load_document(const std::filesystem::path& file, const LoadOptions& options) {
  MTC_ASSIGN(Node root, read_toml(file));
  return assemble(std::move(root), file, file.parent_path(), options);
}

}  // namespace mtc::config
