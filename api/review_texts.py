"""What people read in reviews: the names of the stars (GB/T 39734-2020) and of what a review may speak of."""

from typing import Any

from api.language import Text
from hotservices.reviews.aspects import Aspect
from hotservices.reviews.reading import Review

STARS = {
    5: Text("非常满意", "Very satisfied"),
    4: Text("满意", "Satisfied"),
    3: Text("基本满意", "Fairly satisfied"),
    2: Text("不满意", "Dissatisfied"),
    1: Text("非常不满意", "Very dissatisfied"),
}
ASPECTS = {
    Aspect.GUIDANCE: Text("办事指南", "Guidance"),
    Aspect.MATERIALS: Text("材料要求", "What was asked for"),
    Aspect.SPEED: Text("办理速度", "Speed"),
    Aspect.ONLINE: Text("网上办理", "Doing it online"),
    Aspect.ATTITUDE: Text("服务态度", "Attitude"),
    Aspect.RESULT: Text("结果告知", "How the result was told"),
    Aspect.PRIVACY: Text("隐私保护", "Privacy"),
}


def review_view(review: Review, language: str) -> dict[str, Any]:
    """Return a review as anybody reads it."""
    return {
        "id": review.id,
        "service": {"code": review.service_code, "name": review.service_name},
        "department": review.department,
        "stars": review.stars,
        "label": STARS[review.stars].in_language(language),
        "aspects": [{"code": one, "text": ASPECTS[one].in_language(language)} for one in review.aspects],
        "comment": review.comment,
        "name_masked": review.name_masked,
        "at": review.at,
    }
