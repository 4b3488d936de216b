/* A strip of the SSIM map in one pass: filters and arithmetic while the rows are in the cache.
 *
 * It gives the same bits as srmetrics/metrics/ssim_map.py does with OpenCV and NumPy: the same sums in the same order,
 * fused products where OpenCV has them (along rows, on processors with FMA) and nowhere else. Compile with
 * -ffp-contract=off. Python reaches it through srmetrics/compiled/__init__.py; no Python header is needed.
 */

#include <stddef.h>

#define TILE 1024     /* values of a row at a time: with a ring of 11 rows x 4 planes they fit in a processor's own cache */
#define MOST_TAPS 63

struct strip {
    const double *total, *difference; /* rows x values: sum and difference of the two images, halo and borders included */
    const double *kernel;             /* taps weights */
    const double *weight;             /* outputs' rows x pixels: the window weight inside the mask, or NULL */
    double *scratch;                  /* srmetrics_scratch() doubles */
    double *ssim, *contrast;          /* (rows - taps + 1) x (values - (taps - 1) * channels) */
    ptrdiff_t rows, values, channels, taps;
    ptrdiff_t fused;                  /* outputs of a row before OpenCV's last, incomplete vector: see filter_row_end */
    double twice_centre;              /* taken from the sum before it is filtered, given back to its mean */
    double c1, c2;                    /* twice SSIM's constants */
    double unbias;                    /* n / (n - 1) for sample covariance, 1 for population */
};

ptrdiff_t srmetrics_most_taps(void) { return MOST_TAPS; }
ptrdiff_t srmetrics_most_channels(void) { return TILE; }

/* Doubles of scratch memory: a ring of filtered rows, one row of the four planes, four rows of means. */
ptrdiff_t srmetrics_scratch(ptrdiff_t taps, ptrdiff_t channels)
{
    return 4 * taps * TILE + 4 * (TILE + (taps - 1) * channels) + 4 * TILE;
}

/* OpenCV fuses products along rows but for the last values of a row, fewer than four, which its vectors do not reach. */
static void filter_row_end(const double *values, double *means, ptrdiff_t count, ptrdiff_t channels,
                           const double *kernel, ptrdiff_t taps)
{
    for (ptrdiff_t i = 0; i < count; i++) {
        means[i] = kernel[0] * values[i];
        for (ptrdiff_t tap = 1; tap < taps; tap++)
            means[i] += kernel[tap] * values[i + tap * channels];
    }
}

#define VARIANT(name) name##_plain
#define TARGET
#if defined(__aarch64__)
#define MULTIPLY_ADD(a, b, c) __builtin_fma((a), (b), (c))
#else
#define MULTIPLY_ADD(a, b, c) ((a) * (b) + (c))
#endif
#include "ssim_strip_variant.h"
#undef VARIANT
#undef TARGET
#undef MULTIPLY_ADD

#if defined(__x86_64__)
#define VARIANT(name) name##_avx2
#define TARGET __attribute__((target("avx2,fma")))
#define MULTIPLY_ADD(a, b, c) __builtin_fma((a), (b), (c))
#include "ssim_strip_variant.h"
#endif

void srmetrics_ssim_strip(const struct strip *s)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        run_avx2(s);
        return;
    }
#endif
    run_plain(s);
}
