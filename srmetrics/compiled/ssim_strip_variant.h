/* One variant of the strip for one kind of processor. The file that includes this one sets VARIANT, TARGET and
 * MULTIPLY_ADD. `taps` is a constant where it is inlined, so that its loops unroll and the loops over pixels vectorise. */

#define INLINE static inline __attribute__((always_inline))

TARGET INLINE void VARIANT(filter_row)(const double *restrict values, double *restrict means, ptrdiff_t count,
                                       ptrdiff_t channels, const double *restrict kernel, const ptrdiff_t taps)
{
    for (ptrdiff_t i = 0; i < count; i++) {
        double sum = kernel[0] * values[i];
#pragma GCC unroll 16
        for (ptrdiff_t tap = 1; tap < taps; tap++)
            sum = MULTIPLY_ADD(kernel[tap], values[i + tap * channels], sum);
        means[i] = sum;
    }
}

TARGET INLINE void VARIANT(filter_column)(const double *restrict ring, double *restrict means, ptrdiff_t first,
                                          ptrdiff_t count, const double *restrict kernel, const ptrdiff_t taps)
{
    const ptrdiff_t radius = taps / 2;
    const double *rows[MOST_TAPS];
    for (ptrdiff_t tap = 0; tap < taps; tap++)
        rows[tap] = ring + ((first + tap) % taps) * 4 * TILE;
    for (ptrdiff_t i = 0; i < count; i++) {
        double sum = kernel[radius] * rows[radius][i];
#pragma GCC unroll 16
        for (ptrdiff_t tap = 1; tap <= radius; tap++)
            sum += kernel[radius + tap] * (rows[radius + tap][i] + rows[radius - tap][i]);
        means[i] = sum;
    }
}

TARGET INLINE void VARIANT(planes)(const struct strip *s, ptrdiff_t at, ptrdiff_t count, double *restrict out,
                                   ptrdiff_t plane)
{
    const double *restrict total = s->total + at, *restrict difference = s->difference + at;
    const double twice_centre = s->twice_centre;
    for (ptrdiff_t i = 0; i < count; i++) {
        const double sum = total[i] - twice_centre, less = difference[i];
        out[i] = sum;
        out[plane + i] = less;
        out[2 * plane + i] = sum * sum;
        out[3 * plane + i] = less * less;
    }
}

TARGET INLINE void VARIANT(combine)(const struct strip *s, const double *restrict means, ptrdiff_t count,
                                    double *restrict ssim, double *restrict contrast)
{
    const double twice_centre = s->twice_centre, c1 = s->c1, c2 = s->c2, unbias = s->unbias;
    for (ptrdiff_t i = 0; i < count; i++) {
        const double mean = means[i], other = means[TILE + i], other_squared = other * other;
        const double sum_variance = (means[2 * TILE + i] - mean * mean) * unbias + c2;
        const double difference_variance = (means[3 * TILE + i] - other_squared) * unbias;
        const double structure = (sum_variance - difference_variance) / (sum_variance + difference_variance);
        const double square = (mean + twice_centre) * (mean + twice_centre) + c1;
        contrast[i] = structure;
        ssim[i] = (square - other_squared) / (square + other_squared) * structure;
    }
}

TARGET INLINE void VARIANT(strip)(const struct strip *s, const ptrdiff_t taps)
{
    const ptrdiff_t channels = s->channels, width = s->values - (taps - 1) * channels;
    const ptrdiff_t tile = TILE - TILE % channels, plane = TILE + (taps - 1) * channels;
    double *ring = s->scratch, *planes = ring + 4 * taps * TILE, *means = planes + 4 * plane;
    for (ptrdiff_t left = 0; left < width; left += tile) {
        const ptrdiff_t count = width - left < tile ? width - left : tile;
        const ptrdiff_t fused = s->fused - left > 0 ? s->fused - left : 0;
        for (ptrdiff_t row = 0; row < s->rows; row++) {
            VARIANT(planes)(s, row * s->values + left, count + (taps - 1) * channels, planes, plane);
            for (int which = 0; which < 4; which++) {
                const double *values = planes + which * plane;
                double *filtered = ring + ((row % taps) * 4 + which) * TILE;
                VARIANT(filter_row)(values, filtered, count, channels, s->kernel, taps);
                if (fused < count)
                    filter_row_end(values + fused, filtered + fused, count - fused, channels, s->kernel, taps);
            }
            const ptrdiff_t top = row - (taps - 1);
            if (top < 0)
                continue;
            for (int which = 0; which < 4; which++)
                VARIANT(filter_column)(ring + which * TILE, means + which * TILE, top, count, s->kernel, taps);
            if (s->weight != NULL) {
                const double *weight = s->weight + (top * width + left) / channels;
                for (ptrdiff_t i = 0; i < count; i++)
                    for (int which = 0; which < 4; which++)
                        means[which * TILE + i] /= weight[i / channels];
            }
            VARIANT(combine)(s, means, count, s->ssim + top * width + left, s->contrast + top * width + left);
        }
    }
}

TARGET static void VARIANT(run)(const struct strip *s)
{
    switch (s->taps) {
    case 11:
        VARIANT(strip)(s, 11);
        break;
    case 7:
        VARIANT(strip)(s, 7);
        break;
    default:
        VARIANT(strip)(s, s->taps);
    }
}

#undef INLINE
