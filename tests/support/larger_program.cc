/// Makes a program larger: what the main thread allocates comes to lie elsewhere.
namespace {

constexpr int kBytes = 1234567;
char data[kBytes] = {1};
char zeros[3 * kBytes];

const struct Keep {
  Keep() { *const_cast<volatile char*>(&zeros[kBytes]) = data[kBytes / 2]; }
} keep;

}  // namespace
