"""One content of each kind that a bot may say."""

from decimal import Decimal

from rejoinder.model.contents import (
    Audio,
    ContactCard,
    Document,
    Image,
    Location,
    Reaction,
    Sticker,
    Text,
    Video,
)
from rejoinder.model.requests import (
    AddressRequest,
    CallButton,
    CallRequest,
    ContactRequest,
    Form,
    LocationRequest,
)
from rejoinder.model.said import (
    Album,
    Button,
    Buttons,
    Card,
    Carousel,
    LinkButton,
    List,
    OutboundContent,
    Row,
    Section,
)
from rejoinder.model.selling import (
    Catalog,
    OrderDetails,
    OrderLine,
    OrderStatus,
    Product,
    ProductList,
    ProductSection,
)
from rejoinder.model.templates import Template

URL = "https://example.com/a.jpg"

SAMPLES: tuple[OutboundContent, ...] = (
    Text(body="Hello"),
    Buttons(body="Hello", buttons=(Button(id="a", title="A"),)),
    List(body="Hello", button="Open", sections=(Section(rows=(Row(id="a", title="A"),)),)),
    LinkButton(body="Hello", title="Open", url="https://example.com"),
    Image(URL),
    Video(URL),
    Audio(URL),
    Document(URL),
    Sticker(URL),
    Album(Image(URL), Video(URL)),
    Location(latitude=1, longitude=2),
    ContactCard(name="Ada", phones=("15550001111",)),
    Reaction(message_id="1.2", emoji="👍"),
    Template("order", language="en"),
    LocationRequest(body="Where?"),
    ContactRequest(body="Who?"),
    Form(body="Hello", button="Open", id="1"),
    AddressRequest(body="Where?", country="IN"),
    Carousel(
        body="Hello",
        cards=(
            Card(header=Image(URL), body="A", title="Open", url="https://example.com"),
            Card(header=Image(URL), body="B", title="Open", url="https://example.com"),
        ),
    ),
    Product(body="Hello", catalog_id="1", product_id="2"),
    ProductList(
        header="H", body="Hello", catalog_id="1", sections=(ProductSection(title="A", product_ids=("2",)),)
    ),
    Catalog(body="Hello"),
    OrderDetails(
        body="Hello",
        reference_id="1",
        currency="EUR",
        lines=(OrderLine(product_id="1", name="Tea", price=Decimal(2), quantity=1),),
    ),
    OrderStatus(body="Hello", reference_id="1", status="shipped"),
    CallRequest(body="Hello"),
    CallButton(body="Hello"),
)
